// SPDX-License-Identifier: MIT
// Tests of op/operation.hpp.
#include <kiln/op/operation.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::op::decode;
using kiln::op::encode;

struct pair final {
  std::int32_t first = 0;
  std::int32_t second = 0;
  constexpr bool operator==(const pair&) const = default;
};
static_assert(encode(pair{3, -4})[0] == 3 && encode(pair{3, -4})[1] == -4);
static_assert(decode<pair>(encode(pair{3, -4})) == pair{3, -4});
static_assert(decode<kiln::op::no_attributes>(encode(kiln::op::no_attributes{}))
              == kiln::op::no_attributes{});
static_assert(!kiln::op::operation<pair>);

TEST_CASE("operation: words beyond the attributes are 0, so that equal nodes compare equal") {
  const auto words = encode(pair{7, 8});
  for (std::size_t i = 2; i < words.size(); ++i) CHECK(words[i] == 0);
}

TEST_CASE("operation: with_element changes the element type only") {
  const auto x = kiln::test::static_type(kiln::s8, 2, 3);
  CHECK(kiln::op::with_element(x) == kiln::test::static_type(kiln::f32, 2, 3));
  CHECK(kiln::op::with_element(x, kiln::u8) == kiln::test::static_type(kiln::u8, 2, 3));
}

}  // namespace
