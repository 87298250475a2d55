// SPDX-License-Identifier: MIT
// Tests of reference/tensor.hpp.
#include <kiln/reference/tensor.hpp>

#include <doctest/doctest.h>

#include <array>
#include <support/random_graph.hpp>

namespace {

using kiln::reference::extents_list;
using kiln::reference::interval;
using kiln::reference::round_to;
using kiln::reference::stored_as;
using kiln::reference::walk;

TEST_CASE("tensor: walk visits indices in row-major order with broadcast offsets") {
  std::vector<std::int64_t> rows, columns;
  walk({2, 3}, std::array<extents_list, 2>{{{1, 0}, {1}}}, [&](std::size_t flat, const auto& at) {
    CHECK(flat == rows.size());
    rows.push_back(at[0]);
    columns.push_back(at[1]);
  });
  CHECK(rows == std::vector<std::int64_t>{0, 0, 0, 1, 1, 1});
  CHECK(columns == std::vector<std::int64_t>{0, 1, 2, 0, 1, 2});
}

TEST_CASE("tensor: a scalar has one index") {
  int visits = 0;
  walk({}, std::array<extents_list, 1>{}, [&](std::size_t, const auto&) { ++visits; });
  CHECK(visits == 1);
}

TEST_CASE("tensor: strides of extent 1 broadcast") {
  CHECK(kiln::reference::broadcast_strides({2, 1, 4}) == extents_list{4, 0, 1});
}

TEST_CASE("tensor: element types hold the nearest value, halves to even") {
  CHECK(round_to(kiln::f32, 0.1) == static_cast<double>(0.1F));
  CHECK(round_to(kiln::bf16, 1.00390625) == 1.0);
  CHECK(round_to(kiln::f16, 2049.0) == 2048.0);
  CHECK(round_to(kiln::s8, 2.5) == 2.0);
  CHECK(round_to(kiln::s8, -1000.0) == -128.0);
  CHECK(round_to(kiln::u8, 256.0) == 255.0);
  CHECK(round_to(kiln::u8, std::numeric_limits<double>::quiet_NaN()) == 0.0);
  CHECK(round_to(kiln::s32, 3e9) == 2147483647.0);
}

TEST_CASE("tensor: storing widens the interval by the rounding") {
  const interval half = stored_as(kiln::bf16, interval(1.002));
  CHECK(half.value == 1.0);
  CHECK(half.hi == 1.002);
  const interval integer = stored_as(kiln::s8, interval::around(2.5, 0.01));
  CHECK(integer.value == 2.0);
  CHECK(integer.lo == 2.0);
  CHECK(integer.hi == 3.0);
  CHECK(stored_as(kiln::f32, interval(0.5)).bound() == 0);
  CHECK(stored_as(kiln::f32, interval(16777217.0)).bound() >= 1);
}

}  // namespace
