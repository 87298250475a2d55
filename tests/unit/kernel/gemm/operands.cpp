// SPDX-License-Identifier: MIT
// The two sides of a product: what their elements are.
#include <kiln/kernel/gemm/operands.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace gemm = kiln::kernel::gemm;
using gemm::arithmetic;

static_assert(std::is_same_v<decltype(gemm::operands::a), const float*>);
static_assert(
    std::is_same_v<decltype(gemm::operands_of<arithmetic::u8s8>::a), const std::uint8_t*>);
static_assert(std::is_same_v<decltype(gemm::operands_of<arithmetic::u8s8>::b), const std::int8_t*>);
static_assert(std::is_aggregate_v<gemm::operands>);

TEST_CASE("nothing is corrected unless somebody says how") {
  const gemm::operands_of<arithmetic::s8s8> x{
      .a = nullptr, .a_row = 1, .a_k = 1, .b = nullptr, .m = 0, .n = 0, .k = 0};
  CHECK(x.compensation == nullptr);
}

TEST_CASE("a slice of k lies in panels that go on") {
  gemm::operands_of<arithmetic::bf16> x{
      .a = nullptr, .a_row = 1, .a_k = 1, .b = nullptr, .m = 1, .n = 16, .k = 65};
  CHECK(x.steps_of_panel() == 33);
  x.panel_depth = 1001;
  CHECK(x.steps_of_panel() == 501);
}
