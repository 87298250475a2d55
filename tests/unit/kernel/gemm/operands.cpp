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
