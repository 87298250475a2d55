// SPDX-License-Identifier: MIT
// Every kernel of the registry as object code, for products and for convolutions: hot loops must
// hold nothing but loads, what widens numbers, and multiply-adds.
//
// hot: micro<

#include <kiln/kernel/gemm/cursor.hpp>
#include <kiln/kernel/gemm/micro.hpp>
#include <kiln/kernel/gemm/registry.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>

namespace kiln_disassembly {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;

// bias, then what is larger than zero, in f32 or s32.
template <gemm::arithmetic X>
struct bias_store final {
  using number = gemm::sum_element<X>;
  using sum = gemm::sum_pack<X>;

  number* c;
  std::ptrdiff_t row_stride;
  const number* bias;

  template <class Lanes>
  KILN_INLINE sum columns(std::size_t col, Lanes m) const {
    return simd::load(bias + col, m);
  }
  template <class Lanes>
  KILN_INLINE sum start(sum b, std::size_t, std::size_t, Lanes) const {
    return b;
  }
  template <class Lanes>
  KILN_INLINE void finish(sum, std::size_t row, std::size_t col, sum v, Lanes m) const {
    number* at =
        c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(at, v, m);
  }
};

// Signed a without VNNI is there to be right: its steps need more registers than the machine has
// for what g++ makes of them.
constexpr bool is_checked(gemm::arithmetic x) {
  return !gemm::shifts_a(x) || gemm::step_of<gemm::arithmetic::s8s8>::parts == 1;
}

template <gemm::kernel K, int Taps>
void tile(const gemm::tile_place& t, const void* epilogue) {
  constexpr gemm::micro_shape shape{.mr = K.block.mr,
                                    .nv = K.block.nv,
                                    .form = gemm::a_form::k_contiguous,
                                    .source = gemm::b_source::second_cache,
                                    .numbers = K.numbers,
                                    .depth_tail = Taps == 0 ? 1 : 0,
                                    .line = Taps == 0 ? 0 : (K.block.mr + 1) / 2,
                                    .taps = Taps};
  if constexpr (is_checked(K.numbers)) {
    using store = bias_store<K.numbers>;
    gemm::micro<shape>(t, simd::all_lanes{}, *static_cast<const store*>(epilogue));
  }
}

void tiles(const gemm::tile_place& t, const void* epilogue);

void tiles(const gemm::tile_place& t, const void* epilogue) {
  gemm::each_kernel([&]<gemm::kernel K>() {
    tile<K, 0>(t, epilogue);
    if constexpr (K.block.mr > 4) tile<K, 1>(t, epilogue);
  });
}

}  // namespace kiln_disassembly
