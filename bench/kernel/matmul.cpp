// SPDX-License-Identifier: MIT
// relu(a b + bias) in f32: the kernel against the libraries that are installed, one thread each.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever Eigen
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>
#include <kiln/version.hpp>

#include <bench/common/record.hpp>

#ifdef KILN_HAVE_DNNL
#  include <dnnl.hpp>
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

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;

struct free_memory final {
  void operator()(float* p) const { std::free(p); }
};
using floats = std::unique_ptr<float[], free_memory>;

floats allocate(std::size_t elems) {
  constexpr std::size_t page = 4096;
  const std::size_t bytes = (elems * sizeof(float) + page - 1) / page * page;
  return floats(static_cast<float*>(std::aligned_alloc(page, bytes)));
}

floats random_floats(std::size_t elems, unsigned seed) {
  floats p = allocate(elems);
  unsigned state = seed;
  for (std::size_t i = 0; i < elems; ++i) {
    state = state * 1664525U + 1013904223U;
    p[i] = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
  }
  return p;
}

// One problem, shared by all contenders; each writes to c.
struct problem final {
  int m, k, n;
  floats a, b, bias, c;
  std::vector<float> expected;

  problem(int rows, int depth, int columns)
      : m(rows),
        k(depth),
        n(columns),
        a(random_floats(elems(m, k), 1)),
        b(random_floats(elems(k, n), 2)),
        bias(random_floats(elems(1, n), 3)),
        c(allocate(elems(m, n))),
        expected(elems(m, n)) {
    std::vector<double> row(elems(1, n));
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) row[elems(1, j)] = double{bias[elems(1, j)]};
      for (int p = 0; p < k; ++p) {
        const double x = double{a[elems(i, k) + elems(1, p)]};
        for (int j = 0; j < n; ++j) row[elems(1, j)] += x * double{b[elems(p, n) + elems(1, j)]};
      }
      for (int j = 0; j < n; ++j) {
        expected[elems(i, n) + elems(1, j)] = static_cast<float>(std::max(0.0, row[elems(1, j)]));
      }
    }
  }

  static std::size_t elems(int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  }

  void bias_and_relu() const {
    const auto columns = static_cast<std::size_t>(n);
    for (int i = 0; i < m; ++i) {
      float* row = c.get() + elems(i, n);
      for (std::size_t j = 0; j < columns; j += simd::lanes) {
        const auto some = simd::mask::first(columns - j);
        const simd::pack sum = simd::load(row + j, some) + simd::load(bias.get() + j, some);
        simd::store(row + j, simd::max_or_second(simd::zero(), sum), some);
      }
    }
  }

  // A contender that computes something else is not one.
  void verify(const bench::contender& contender) const {
    std::fill_n(c.get(), expected.size(), -1.0F);
    contender.run();
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      worst = std::max(worst, std::abs(double{c[i]} - double{expected[i]}));
    }
    if (worst < 1e-6 * k) return;
    std::fprintf(stderr, "%s is wrong by %g\n", contender.impl.c_str(), worst);
    std::exit(1);
  }
};

struct bias_relu final {
  float* c;
  std::ptrdiff_t row_stride;
  const float* bias;

  [[nodiscard]] KILN_INLINE float* partial(std::size_t row, std::size_t col) const {
    return c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
  }
  template <class Lanes>
  KILN_INLINE simd::pack columns(std::size_t col, Lanes m) const {
    return simd::load(bias + col, m);
  }
  template <class Lanes>
  KILN_INLINE simd::pack start(simd::pack, std::size_t, std::size_t, Lanes) const {
    return simd::zero();
  }
  template <class Lanes>
  KILN_INLINE void finish(
      simd::pack b, std::size_t row, std::size_t col, simd::pack v, Lanes m) const {
    simd::store(partial(row, col), simd::max_or_second(simd::zero(), v + b), m);
  }
};

template <int M, int K, int N>
bench::contender kiln_kernel(const problem& p) {
  constexpr auto block = kiln::tensor::default_tile(kiln::core::native, M);
  static constexpr auto config = gemm::configure(block, gemm::a_form::k_contiguous, M, K, N);
  const std::shared_ptr<float[]> packed = allocate(gemm::packed_elems(K, N));
  gemm::pack_b(p.b.get(), N, 1, K, N, packed.get());
  return {"kiln", std::string(kiln::version), [&p, packed] {
            const gemm::operands x{
                .a = p.a.get(), .a_row = K, .a_k = 1, .b = packed.get(), .m = M, .n = N, .k = K};
            gemm::run<config>(x, bias_relu{p.c.get(), N, p.bias.get()});
          }};
}

#ifdef KILN_HAVE_DNNL
bench::contender dnnl_matmul(const problem& p) {
  using dnnl::memory;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto desc = [](memory::dim rows, memory::dim columns, memory::format_tag tag) {
    return memory::desc({rows, columns}, memory::data_type::f32, tag);
  };
  constexpr auto plain = memory::format_tag::ab;
  dnnl::post_ops post;
  post.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(post);
  const dnnl::matmul::primitive_desc primitive({desc(p.m, p.k, plain),
                                                desc(p.k, p.n, memory::format_tag::any),
                                                desc(1, p.n, plain),
                                                desc(p.m, p.n, plain)},
                                               attributes,
                                               engine);
  const dnnl::stream stream(engine);
  memory weights(primitive.weights_desc(), engine);
  memory plain_weights(desc(p.k, p.n, plain), engine, p.b.get());
  dnnl::stream packing(engine);
  dnnl::reorder(plain_weights, weights).execute(packing, plain_weights, weights);
  packing.wait();
  const std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, memory(desc(p.m, p.k, plain), engine, p.a.get())},
      {DNNL_ARG_WEIGHTS, weights},
      {DNNL_ARG_BIAS, memory(desc(1, p.n, plain), engine, p.bias.get())},
      {DNNL_ARG_DST, memory(desc(p.m, p.n, plain), engine, p.c.get())}};
  const auto* v = dnnl_version();
  const std::string version =
      std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  return {"oneDNN", version, [=, matmul = dnnl::matmul(primitive)] {
            dnnl::stream s = stream;
            matmul.execute(s, arguments);
            s.wait();
          }};
}
#endif

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
            p.bias_and_relu();
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
            p.bias_and_relu();
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

template <int M, int K, int N>
void compare(const bench::options& o) {
  const std::string name = "matmul/" + std::to_string(M) + "x" + std::to_string(K) + "x"
                           + std::to_string(N) + "+bias+relu";
  if (!o.wants(name)) return;
  const problem p(M, K, N);
  std::vector<bench::contender> contenders{kiln_kernel<M, K, N>(p)};
#ifdef KILN_HAVE_DNNL
  contenders.push_back(dnnl_matmul(p));
#endif
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
  for (const auto& c : contenders) p.verify(c);
  bench::record(o,
                {.name = name, .dtype = "f32", .batch = M, .threads = 1, .flops = 2.0 * M * N * K},
                contenders);
}

}  // namespace

int main(int argc, char** argv) {
  setenv("OMP_NUM_THREADS", "1", 1);  // read by oneDNN's runtime at its first use
  const auto o = bench::parse(argc, argv);
  compare<16, 64, 64>(o);
  compare<33, 100, 77>(o);
  compare<1, 1024, 1024>(o);
  compare<32, 512, 512>(o);
  compare<128, 768, 3072>(o);
  compare<128, 3072, 768>(o);
  compare<512, 1024, 1024>(o);
  return 0;
}
