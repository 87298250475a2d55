// SPDX-License-Identifier: MIT
// What is an expression and what is a mistake.
#include <kiln/dsl/expression.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using leaf = kiln::dsl::n<kiln::op::constant_op, kiln::dsl::site<int>, kiln::dsl::typed<kiln::f32>>;
using good = kiln::dsl::expr<kiln::dsl::chain<kiln::dsl::nothing, leaf>>;
using bad = kiln::dsl::poison<int>;

static_assert(kiln::dsl::expression<good> && !kiln::dsl::poisoned<good>);
static_assert(kiln::dsl::expression<bad> && kiln::dsl::poisoned<bad>);
static_assert(!kiln::dsl::expression<int> && !kiln::dsl::poisoned<int>);
static_assert(kiln::dsl::no_expression<int> && !kiln::dsl::no_expression<bad>);
static_assert(std::is_same_v<kiln::dsl::typed_of<good>, kiln::dsl::typed<kiln::f32>>);
static_assert(kiln::dsl::type_of<good>().rank == 0 && kiln::dsl::type_of<bad>().rank == 0);
static_assert(std::is_same_v<kiln::dsl::callables_of<good>, kiln::dsl::nothing_held>);

TEST_CASE("an expression carries its constants") {
  constexpr good e{{2.5F}, {}, {}};
  CHECK(e.scalars[0] == 2.5F);
  CHECK(e.problem.what == kiln::dsl::value_mistake::none);
}

}  // namespace
