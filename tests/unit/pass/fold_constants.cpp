// SPDX-License-Identifier: MIT
// Numbers computed by the compiler, and those left for bind.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/fold_constants.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <limits>
#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;
using limits = std::numeric_limits<float>;

constexpr auto before = [] {
  test::graph_builder<8> b;
  const int three = b.constant(3);
  const int four = b.constant(4);
  b.output(b.add<op::div_op>({three, four}));
  return b.build();
}();
static_assert(graph::describe_into<256>(pass::fold_constants(before)).view() ==
              "%0 = constant 0.75 : f32\n"
              "return y = %0\n");

// What Op of these numbers becomes.
template <class Op>
constexpr graph::node folded(std::initializer_list<float> numbers) {
  test::graph_builder<8> b;
  graph::node n{};
  for (const float x : numbers)
    n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(b.constant(x));
  if (n.count == 1) b.output(b.add<Op>({0}));
  if (n.count == 2) b.output(b.add<Op>({0, 1}));
  if (n.count == 3) b.output(b.add<Op>({0, 1, 2}));
  const auto after = pass::fold_constants(b.build());
  return after[after.outputs[0].node];
}

static_assert(folded<op::add_op>({0.1F, 0.2F}).value == 0.1F + 0.2F);
static_assert(folded<op::mul_op>({0.1F, 0.7F}).value == 0.1F * 0.7F);
static_assert(folded<op::reciprocal_op>({3}).value == 1.0F / 3.0F);
static_assert(folded<op::clip_op>({7, 0, 6}).value == 6);
static_assert(folded<op::select_op>({0, 1, 2}).value == 2);
static_assert(folded<op::less_op>({0, 1}).value == 1);
static_assert(folded<op::abs_op>({-2}).value == 2 && folded<op::negate_op>({2}).value == -2);

}  // namespace

TEST_CASE("what has no finite value, or no exact meaning, is left for bind") {
  CHECK(folded<op::div_op>({1, 0}).is<op::div_op>());
  CHECK(folded<op::reciprocal_op>({-0.0F}).is<op::reciprocal_op>());
  CHECK(folded<op::mul_op>({1e30F, 1e30F}).is<op::mul_op>());
  CHECK(folded<op::add_op>({limits::infinity(), 1}).is<op::add_op>());
  CHECK(folded<op::max_op>({limits::quiet_NaN(), 1}).is<op::max_op>());
  CHECK(folded<op::exp_op>({1}).is<op::exp_op>());
}

TEST_CASE("signs of zero and denormals are those of f32 arithmetic") {
  const auto bits = [](float x) { return std::bit_cast<std::uint32_t>(x); };
  CHECK(bits(folded<op::negate_op>({0}).value) == bits(-0.0F));
  CHECK(bits(folded<op::abs_op>({-0.0F}).value) == bits(0.0F));
  CHECK(bits(folded<op::add_op>({-0.0F, -0.0F}).value) == bits(-0.0F));
  CHECK(bits(folded<op::max_op>({0.0F, -0.0F}).value) == bits(-0.0F));
  CHECK(folded<op::mul_op>({1e-30F, 3e-10F}).value == 1e-30F * 3e-10F);
}

TEST_CASE("chains fold at once, tensors stay") {
  test::graph_builder<16> b;
  const int sum = b.add<op::add_op>({b.constant(1), b.constant(2)});
  const int product = b.add<op::mul_op>({sum, b.constant(3)});
  const int x = b.input("x", static_type(f32, 4));
  b.output(b.add<op::mul_op>({x, product}));
  const auto after = pass::fold_constants(b.build());
  CHECK(after.size == 3);
  CHECK(graph::is_constant(after[0], 9));
}
