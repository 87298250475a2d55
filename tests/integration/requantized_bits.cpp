// SPDX-License-Identifier: MIT
// Requantised nets against plain loops, and against the bits that all other builds give: this file
// is compiled for every instruction set, by every compiler, at every level of optimisation.
#include <doctest/doctest.h>

#include <cstdint>
#include <support/requantized_image_net.hpp>
#include <support/requantized_mlp_net.hpp>
#include <support/requantized_rows_net.hpp>

namespace {

namespace test = kiln::test;

void check(const test::requantized_verdict& verdict, std::uint64_t expected) {
  CHECK(verdict.wrong == 0);
  CHECK(verdict.bits == expected);
  // The numbers would show another rounding.
  CHECK(verdict.halves > 0);
  CHECK(verdict.saturated > 0);
  CHECK(verdict.fused > 0);
}

}  // namespace

TEST_CASE("an MLP, whatever the number of rows") {
  const test::requantized_mlp numbers;
  check(numbers.check(&test::requantized_mlp_net::run), test::requantized_mlp_bits);
}
TEST_CASE("a convolution within a border, and a residual") {
  const test::requantized_image numbers;
  check(numbers.check(&test::requantized_image_net::run), test::requantized_image_bits);
}
TEST_CASE("rows that are quantised in the run") {
  const test::requantized_rows numbers;
  check(numbers.check(&test::requantized_rows_net::run), test::requantized_rows_bits);
}
