// SPDX-License-Identifier: MIT
// Tests kiln/core/fixed_string.hpp.
#include <kiln/core/fixed_string.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace {

using kiln::core::dotted;
using kiln::core::text;
using kiln::core::text_of;

static_assert(kiln::core::fixed_string("abc").view() == "abc");
static_assert(kiln::core::fixed_string("").view().empty());
static_assert(std::is_same_v<text_of<"w1">, text<'w', '1'>>);
static_assert(std::is_same_v<dotted<text_of<"a">, text_of<"w">>, text_of<"a.w">>);
static_assert(!std::is_same_v<text_of<"ab">, text_of<"ba">>);
static_assert(text_of<"">::view.empty());

}  // namespace

TEST_CASE("a text ends with a zero, so that it serves as a C string") {
  CHECK(std::string(text_of<"layer0.w">::chars) == "layer0.w");
}
