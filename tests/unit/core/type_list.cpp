// SPDX-License-Identifier: MIT
// Tests kiln/core/type_list.hpp.
#include <kiln/core/type_list.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using kiln::core::index_of;
using kiln::core::list;
using kiln::core::nth;

static_assert(list<>::size == 0 && list<int, char, int>::size == 3);
static_assert(
    std::is_same_v<nth<0, int, char>, int> && std::is_same_v<nth<2, int, char, long>, long>);
static_assert(index_of<int, list<char, int, int>> == 1);  // the first one
static_assert(index_of<float, list<char, int>> == 2);     // the size: it is not there
static_assert(index_of<float, list<>> == 0);
struct incomplete;
static_assert(index_of<incomplete, list<int, incomplete>> == 1);  // elements need not be complete

}  // namespace

TEST_CASE("a list is an empty object") { CHECK(std::is_empty_v<list<int, double>>); }
