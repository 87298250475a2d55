// SPDX-License-Identifier: MIT
// Where a pack of columns finds its words and its groups' parameters.
#include <kiln/kernel/gemm/grouped_operands.hpp>

#include <doctest/doctest.h>

#include <unit/kernel/gemm/grouped_product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using grouped_test::product;

static_assert(gemm::numbers_of_word({.bits = 4}) == 8 && gemm::numbers_of_word({.bits = 8}) == 4);
static_assert(gemm::numbers_of_word({}) == 1);
static_assert(gemm::middle_of({.bits = 4}) == 8 && gemm::middle_of({.bits = 8}) == 128);

namespace {

// Column by column and number by number, what the product means.
template <gemm::grouped_form F>
void check() {
  const product<F> p({1, 35, 32, 16});
  const gemm::grouped_operands x = p.operands();
  using columns = gemm::grouped_columns<F>;
  for (std::size_t col = 0; col < 48; col += simd::lanes) {
    const columns at(x, col);
    for (std::size_t w = 0; w < x.k / columns::together; ++w) {
      const std::size_t g = w * columns::together / x.group;
      const auto found =
          simd::to_array(columns::template number<1>(at.word(w), at.zero_of(g)) * at.scale_of(g));
      for (std::size_t j = 0; j < simd::lanes && col + j < x.n; ++j) {
        CHECK(static_cast<double>(found[j]) == p.weight(w * columns::together + 1, col + j));
      }
    }
  }
}

}  // namespace

TEST_CASE("every column of every form") {
  check<grouped_test::four>();
  check<grouped_test::four_half_zeros>();
  check<grouped_test::eight>();
  check<grouped_test::eight_zeros>();
}
