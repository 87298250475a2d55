// SPDX-License-Identifier: MIT
// What raise() does with and without a handler in the way.
#include <kiln/core/error.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <stdexcept>
#include <type_traits>

static_assert(std::is_base_of_v<std::runtime_error, kiln::error>);
static_assert(std::is_nothrow_copy_constructible_v<kiln::error>);

TEST_CASE("bad input becomes an exception with its text") {
  CHECK_THROWS_WITH_AS(kiln::core::raise("weight 'w': bad"), "weight 'w': bad", kiln::error);
  CHECK_THROWS_AS(kiln::core::raise(""), std::exception);
}

TEST_CASE("the handler can be exchanged; with exceptions it is not called") {
  static bool called = false;
  const kiln::error_handler mine = [](const char*) { called = true; };
  const kiln::error_handler before = kiln::set_error_handler(mine);
  CHECK((before != nullptr));
  CHECK_THROWS_AS(kiln::core::raise("text"), kiln::error);
  CHECK(!called);
  CHECK((kiln::set_error_handler(before) == mine));
}
