// SPDX-License-Identifier: MIT
// Tests of op/registry.hpp.
#include <kiln/op/registry.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>
#include <type_traits>

namespace {

using kiln::op::category;
using kiln::op::describe;
using kiln::op::kind_of;

static_assert(describe(kind_of<kiln::op::matmul_op>).group == category::contraction);
static_assert(
    std::is_same_v<kiln::op::operation_at<kind_of<kiln::op::add_op>>::type, kiln::op::add_op>);
static_assert(describe(kind_of<kiln::op::batch_norm_op>).arity == 6);
static_assert(describe(kind_of<kiln::op::map_op>).scalar == nullptr);
constexpr auto& rows = kiln::op::detail::table<kiln::op::registry>::rows;

TEST_CASE("registry: names are unique and not empty") {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK_FALSE(rows[i].name.empty());
    for (std::size_t j = 0; j < i; ++j) CHECK(rows[i].name != rows[j].name);
  }
}

TEST_CASE("registry: elementwise operators have a scalar meaning and a cost, others do not") {
  for (const auto& row : rows) {
    const bool scalar = row.group == category::elementwise && row.arity > 0;
    CHECK((row.scalar != nullptr) == scalar);
    CHECK((row.cost > 0) == (row.group == category::elementwise));
    CHECK((row.infer != nullptr));
  }
}

TEST_CASE("registry: the scalar meaning takes operands in order") {
  const double operands[] = {5.0, 2.0};
  CHECK(describe(kind_of<kiln::op::sub_op>).scalar(operands) == 3.0);
}

TEST_CASE("registry: shape rules read their attributes from words") {
  const auto x = kiln::test::static_type(kiln::f32, 2, 3);
  const auto words = kiln::op::encode(kiln::op::transpose_op::of(1, 0));
  const auto& facts = describe(kind_of<kiln::op::transpose_op>);
  CHECK(facts.infer(words, {&x, 1}).type == kiln::test::static_type(kiln::f32, 3, 2));
}

}  // namespace
