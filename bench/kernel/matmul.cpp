// SPDX-License-Identifier: MIT
// relu(a b + bias) in f32, bf16 and int8: the kernel against the libraries that are installed, one
// thread each.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever Eigen
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/dtype.hpp>
#include <kiln/tensor/tile.hpp>

#include <bench/common/peer_threads.hpp>
#include <bench/common/record.hpp>
#include <bench/kernel/matmul_problem.hpp>

#ifdef KILN_HAVE_DNNL
#  include <bench/kernel/matmul_dnnl.hpp>
#endif
#ifdef KILN_HAVE_OPENBLAS
#  include <cblas.h>
#endif
#ifdef KILN_HAVE_LIBXSMM
#  include <libxsmm.h>
#endif
#ifdef KILN_HAVE_EIGEN
#  include <Eigen/Core>
#endif

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;
using problem = bench::problem<arithmetic::f32>;

// For libraries that multiply and do no more.
[[maybe_unused]] void add_bias_and_relu(const problem& p) {
  const auto columns = static_cast<std::size_t>(p.n);
  for (int i = 0; i < p.m; ++i) {
    float* row = p.c.get() + problem::elems(i, p.n);
    for (std::size_t j = 0; j < columns; j += simd::lanes) {
      const auto some = simd::mask::first(columns - j);
      const simd::pack sum = simd::load(row + j, some) + simd::load(p.bias.get() + j, some);
      simd::store(row + j, simd::max_or_second(simd::zero(), sum), some);
    }
  }
}

#ifdef KILN_HAVE_OPENBLAS
bench::contender openblas_sgemm(const problem& p) {
  openblas_set_num_threads(1);
  return {"OpenBLAS", openblas_get_config(), [&p] {
            cblas_sgemm(CblasRowMajor,
                        CblasNoTrans,
                        CblasNoTrans,
                        p.m,
                        p.n,
                        p.k,
                        1.0F,
                        p.a.get(),
                        p.k,
                        p.b.get(),
                        p.n,
                        0.0F,
                        p.c.get(),
                        p.n);
            add_bias_and_relu(p);
          }};
}
#endif

#ifdef KILN_HAVE_LIBXSMM
// Column-major: c^T = b^T a^T.
bench::contender libxsmm_kernel(const problem& p) {
  const float one = 1.0F;
  const float zero = 0.0F;
  const libxsmm_smmfunction kernel =
      libxsmm_smmdispatch(p.n, p.m, p.k, &p.n, &p.k, &p.n, &one, &zero, nullptr, nullptr);
  return {"libxsmm", LIBXSMM_VERSION, [&p, kernel] {
            const float alpha = 1.0F;
            const float beta = 0.0F;
            if (kernel != nullptr) {
              kernel(p.b.get(), p.a.get(), p.c.get());
            } else {
              libxsmm_sgemm("N",
                            "N",
                            &p.n,
                            &p.m,
                            &p.k,
                            &alpha,
                            p.b.get(),
                            &p.n,
                            p.a.get(),
                            &p.k,
                            &beta,
                            p.c.get(),
                            &p.n);
            }
            add_bias_and_relu(p);
          }};
}
#endif

#ifdef KILN_HAVE_EIGEN
template <int Rows, int Columns>
using eigen_matrix = Eigen::Map<Eigen::Matrix<float, Rows, Columns, Eigen::RowMajor>>;

template <int M, int K, int N>
bench::contender eigen_product(const char* name, const problem& p) {
  const std::string version = std::to_string(EIGEN_WORLD_VERSION) + "."
                              + std::to_string(EIGEN_MAJOR_VERSION) + "."
                              + std::to_string(EIGEN_MINOR_VERSION);
  return {name, version, [&p] {
            const eigen_matrix<M, K> a(p.a.get(), p.m, p.k);
            const eigen_matrix<K, N> b(p.b.get(), p.k, p.n);
            const eigen_matrix<1, N> bias(p.bias.get(), 1, p.n);
            eigen_matrix<M, N> c(p.c.get(), p.m, p.n);
            c.noalias() = a * b;
            c = (c.rowwise() + bias).cwiseMax(0.0F);
          }};
}
#endif

constexpr const char* name_of(arithmetic x) {
  return x == arithmetic::f32 ? "f32" : x == arithmetic::bf16 ? "bf16" : "u8s8";
}

constexpr kiln::tensor::dtype peak_of(arithmetic x) {
  using kiln::tensor::dtype;
  return x == arithmetic::f32 ? dtype::f32 : x == arithmetic::bf16 ? dtype::bf16 : dtype::u8;
}

template <arithmetic X, int M, int K, int N>
void compare_one(const bench::options& o) {
  const std::string sizes = std::to_string(M) + "x" + std::to_string(K) + "x" + std::to_string(N);
  const std::string name = "matmul/" + sizes + "/" + name_of(X) + "+bias+relu";
  if (!o.wants(name)) return;
  const bench::problem<X> p(M, K, N);
  std::vector<bench::contender> contenders{bench::kiln_kernel<X, M, K, N>(p)};
  constexpr auto tile = kiln::tensor::product_tile(
      kiln::core::native, gemm::factors_of(X), M, N, K / static_cast<int>(gemm::neighbours(X)));
  if constexpr (tile == kiln::tensor::matrix_tile) {
    contenders.push_back(bench::kiln_kernel<X, M, K, N, true>(p));
  }
  if constexpr (X == arithmetic::bf16 && !kiln::core::native.pair_dot) {
    contenders.push_back(bench::kiln_widened<M, K, N>(p));
  }
#ifdef KILN_HAVE_DNNL
  contenders.push_back(bench::dnnl_matmul(p));
#endif
  if constexpr (X == arithmetic::f32) {
#ifdef KILN_HAVE_OPENBLAS
    contenders.push_back(openblas_sgemm(p));
#endif
#ifdef KILN_HAVE_LIBXSMM
    contenders.push_back(libxsmm_kernel(p));
#endif
#ifdef KILN_HAVE_EIGEN
    contenders.push_back(eigen_product<Eigen::Dynamic, Eigen::Dynamic, Eigen::Dynamic>("Eigen", p));
    if constexpr (M * N * K <= 64 * 64 * 64)
      contenders.push_back(eigen_product<M, K, N>("Eigen fixed", p));
#endif
  }
  for (const auto& c : contenders) p.verify(c);
  bench::record(o,
                {.name = name,
                 .dtype = name_of(X),
                 .batch = M,
                 .threads = 1,
                 .flops = p.flops(),
                 .peak_of = peak_of(X)},
                contenders);
}

template <int M, int K, int N>
void compare(const bench::options& o) {
  compare_one<arithmetic::f32, M, K, N>(o);
  compare_one<arithmetic::bf16, M, K, N>(o);
  compare_one<arithmetic::u8s8, M, K, N>(o);
}

}  // namespace

int main(int argc, char** argv) {
  bench::use_threads(1, argv);
  const auto o = bench::parse(argc, argv);
  if (kiln::core::native.tiles) simd::require_tiles();
  compare<4, 16, 16>(o);
  compare<8, 128, 32>(o);
  compare<16, 64, 64>(o);
  compare<33, 100, 77>(o);
  compare<1, 1024, 1024>(o);
  compare<32, 512, 512>(o);
  compare<128, 768, 3072>(o);
  compare<128, 3072, 768>(o);
  compare<512, 1024, 1024>(o);
  return 0;
}
