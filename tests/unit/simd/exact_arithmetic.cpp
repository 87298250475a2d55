// SPDX-License-Identifier: MIT
// What stops compilers that may change results lets all others pass, and gets out of the way.
#include <kiln/simd/exact_arithmetic.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace {

namespace detail = kiln::simd::detail;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("with flags that leave arithmetic alone") {
  kiln::simd::require_exact_arithmetic();  // compiled: that is all
  CHECK(detail::unknown_number() == 0);
}
TEST_CASE("the same bits") {
  CHECK(detail::have_same_bits(1.5F, 1.5F));
  CHECK(detail::have_same_bits(nan, nan));
  CHECK(!detail::have_same_bits(0.0F, -0.0F));
}
