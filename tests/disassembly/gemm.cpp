// SPDX-License-Identifier: MIT
// The register tiles that matter, as object code: their hot loops must hold nothing but loads and
// multiply-adds.
//
// hot: micro<

#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <cstddef>

namespace kiln_disassembly {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;

// bias + relu, written as codegen composes it.
struct bias_relu final {
  float* c;
  std::ptrdiff_t row_stride;
  const float* bias;

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
    float* at =
        c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(at, simd::max_or_second(simd::zero(), v + b), m);
  }
};

constexpr auto machine = kiln::core::native;
using form = gemm::a_form;

template <int M, int K, int N, form Form>
void product(const gemm::operands& x, const bias_relu& ep) {
  constexpr auto block = kiln::tensor::default_tile(machine, M);
  gemm::run<gemm::configure(block, Form, M, K, N)>(x, ep);
}

void products(const gemm::operands& x, const bias_relu& ep);

void products(const gemm::operands& x, const bias_relu& ep) {
  product<1, 1024, 1024, form::k_contiguous>(x, ep);
  product<1, 64, 64, form::k_contiguous>(x, ep);
  product<1, 64, 10, form::k_contiguous>(x, ep);
  product<4, 512, 512, form::k_contiguous>(x, ep);
  product<16, 64, 64, form::k_contiguous>(x, ep);
  product<32, 512, 512, form::k_contiguous>(x, ep);
  product<33, 100, 77, form::k_contiguous>(x, ep);
  product<42, 768, 3072, form::k_contiguous>(x, ep);
  product<42, 768, 3072, form::row_contiguous>(x, ep);
  product<42, 768, 3072, form::strided>(x, ep);
}

}  // namespace kiln_disassembly
