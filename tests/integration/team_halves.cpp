// SPDX-License-Identifier: MIT
// Threads that share a single block of rows: their tiles are other ones than one thread's, the bits
// are the same.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32;
using kiln::s8;

// Columns with and without a tail, a depth whose tiles of 16 rows are wide.
constexpr auto layers = [](auto rows) {
  const auto x = kiln::input<"x", f32>(rows, 256_c);
  const auto h = kiln::relu(kiln::matmul(x, kiln::weight<"w", f32>(256_c, 200_c))
                            + kiln::weight<"b", f32>(200_c));
  return kiln::matmul(h, kiln::weight<"v", f32>(200_c, 136_c));
};
constexpr auto even = layers(32_c);
constexpr auto odd = layers(47_c);
constexpr auto signed_bytes =
    kiln::matmul(kiln::input<"x", s8>(33_c, 256_c), kiln::weight<"w", s8>(256_c, 200_c));

template <const auto& Y>
void check() {
  kiln::test::check_plan_with_teams<kiln::compile<Y>>(1);
}

}  // namespace

TEST_CASE("halves of 32 rows") { check<even>(); }
TEST_CASE("halves of 47 rows") { check<odd>(); }
TEST_CASE("signed bytes") { check<signed_bytes>(); }
