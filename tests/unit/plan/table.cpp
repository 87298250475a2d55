// SPDX-License-Identifier: MIT
// Tables inside and outside of constant expressions.
#include <kiln/plan/table.hpp>

#include <doctest/doctest.h>

#include <iterator>

namespace {

using namespace kiln;

constexpr auto squares = [] {
  plan::table<int, 5> t{};
  for (int i = 0; i < 5; ++i) t[i] = i * i;
  return t;
}();
static_assert(squares[0] == 0 && squares[4] == 16);
static_assert(plan::table<int, 3>{}[2] == 0, "elements start as their type says");

}  // namespace

TEST_CASE("fill sets every element") {
  plan::table<short, 7> t{};
  t.fill(-1);
  for (int i = 0; i < 7; ++i) CHECK(t[i] == -1);
  CHECK(std::size(t.data) == 7);
}
