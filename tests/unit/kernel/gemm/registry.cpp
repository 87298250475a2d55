// SPDX-License-Identifier: MIT
// Every kernel: whole tiles and cut ones, every depth around its steps.
#include <kiln/kernel/gemm/registry.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <unit/kernel/gemm/product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;
using product_test::product_of;
using product_test::sizes;

static_assert(gemm::kernel_count >= gemm::all_arithmetics.size());
static_assert(gemm::name_of(arithmetic::f32) == "f32.f32");
static_assert(gemm::name_of(arithmetic::u8s7) == "u8.s7");

namespace {

template <gemm::kernel K>
bool tile_is_right(std::size_t k, std::size_t columns_cut) {
  constexpr arithmetic numbers = K.numbers;
  const std::size_t n = static_cast<std::size_t>(K.block.nv) * simd::lanes - columns_cut;
  product_of<numbers> p(sizes{static_cast<std::size_t>(K.block.mr), k, n});
  const auto x = p.operands();
  const auto elem = static_cast<std::ptrdiff_t>(sizeof(*x.a));
  const auto* b = reinterpret_cast<const std::byte*>(x.b);
  const std::size_t steps = (k + gemm::neighbours(numbers) - 1) / gemm::neighbours(numbers);
  const gemm::tile_place at{.a = reinterpret_cast<const std::byte*>(x.a),
                            .a_row = x.a_row * elem,
                            .a_k = elem,
                            .b = b,
                            .b_stride = steps * gemm::panel_row_bytes(numbers),
                            .next = b,
                            .k = k,
                            .row = 0,
                            .col = 0};
  constexpr gemm::micro_shape shape{.mr = K.block.mr,
                                    .nv = K.block.nv,
                                    .form = gemm::a_form::k_contiguous,
                                    .source = gemm::b_source::second_cache,
                                    .chains = K.block.mr == 1 && K.block.nv <= 4 ? 2 : 1,
                                    .numbers = numbers,
                                    .depth_tail = 1};
  const auto ep = p.epilogue();
  const auto some = simd::mask::first(simd::lanes - columns_cut);
  if constexpr (gemm::shifts_a(numbers)) {
    gemm::micro<shape>(at, some, gemm::compensated<decltype(p.epilogue())>{ep, x.compensation});
  } else {
    gemm::micro<shape>(at, some, ep);
  }
  return p.is_right();
}

}  // namespace

TEST_CASE("every kernel, at every depth around its steps, whole and cut") {
  gemm::each_kernel([]<gemm::kernel K>() {
    const std::string name(gemm::name_of(K.numbers));
    CAPTURE(name);
    CAPTURE(K.block.mr);
    CAPTURE(K.block.nv);
    const std::size_t step = gemm::neighbours(K.numbers);
    for (std::size_t k = 0; k <= 4 * step + 1; ++k) {
      CAPTURE(k);
      CHECK(tile_is_right<K>(k, 0));
      if (simd::lanes > 1) CHECK(tile_is_right<K>(k, 1 + k % (simd::lanes - 1)));
    }
    CHECK(tile_is_right<K>(130, 0));
  });
}

TEST_CASE("no two kernels are alike") {
  for (std::size_t i = 0; i < gemm::kernel_count; ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(gemm::kernel_at(i) != gemm::kernel_at(j));
  }
}
