// SPDX-License-Identifier: MIT
// Products and convolutions on AMX tiles as object code, with the epilogue of one block beside the
// products of the next: their loops must not move vectors over the stack or between registers.
//
// hot: multiply_tiles<
// hot: sum_taps<

#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/conv2d/tiled.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>

namespace kiln_disassembly {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;

template <arithmetic X>
constexpr gemm::config tiled{.block = {.mr = 32, .nv = 2},
                             .tail_packs = gemm::any_tail,
                             .source = gemm::b_source::second_cache,
                             .numbers = X,
                             .tiled = 1};

// scale * sum + bias, what is larger than zero: what becomes of a product that was dequantised.
template <arithmetic X>
struct scaled_relu final {
  using sum = gemm::sum_pack<X>;
  struct of_column final {
    simd::pack scale, bias;
  };

  float* c;
  std::ptrdiff_t row_stride;
  const float* scale;
  const float* bias;

  template <class Lanes>
  KILN_INLINE of_column columns(std::size_t col, Lanes m) const {
    return {simd::load(scale + col, m), simd::load(bias + col, m)};
  }
  template <class Lanes>
  KILN_INLINE sum start(const of_column&, std::size_t, std::size_t, Lanes) const {
    return sum{};
  }
  template <class Lanes>
  KILN_INLINE void finish(
      const of_column& s, std::size_t row, std::size_t col, sum v, Lanes m) const {
    float* at =
        c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::pack y;
    if constexpr (gemm::sums_integers(X)) {
      y = simd::to_float(v);
    } else {
      y = v;
    }
    simd::store(at, simd::max_or_second(simd::zero(), simd::fma(y, s.scale, s.bias)), m);
  }
};

struct arguments final {
  const void* product;
  const void* image;
  const std::byte* filters;
  conv2d::sizes sizes;
  std::byte* workspace;
  const void* epilogue;
};

template <arithmetic X>
void on_tiles(const arguments& a) {
  using element = gemm::a_element<X>;
  const auto& ep = *static_cast<const scaled_relu<X>*>(a.epilogue);
  gemm::run<tiled<X>>(*static_cast<const gemm::operands_of<X>*>(a.product), ep);
  const auto& image = *static_cast<const conv2d::image<element>*>(a.image);
  constexpr conv2d::packed_config config{.product = tiled<X>, .copies = 1, .words = 16};
  conv2d::convolve_tiled<config>(image, a.filters, a.sizes, a.workspace, ep, element{});
}

void on_tiles(const arguments& a);

void on_tiles(const arguments& a) {
  on_tiles<arithmetic::u8s8>(a);
  on_tiles<arithmetic::s8s8>(a);
  on_tiles<arithmetic::bf16>(a);
}

}  // namespace kiln_disassembly
