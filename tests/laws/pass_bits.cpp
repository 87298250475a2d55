// SPDX-License-Identifier: MIT
// Laws of exact passes: on random graphs of elementwise operators an evaluation in f32 gives the
// same bits before and after, for zeros of both signs, infinities, NaN, denormals.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <support/graph_builder.hpp>
#include <support/random_graph.hpp>
#include <vector>

namespace {

using namespace kiln;
using graph_value = graph::graph<96>;
using limits = std::numeric_limits<float>;

constexpr float special[] = {0.0F,
                             -0.0F,
                             1.0F,
                             -1.0F,
                             2.0F,
                             0.5F,
                             -4.0F,
                             3.0F,
                             -0.1F,
                             0.75F,
                             1e-20F,
                             1e20F,
                             limits::max(),
                             limits::lowest(),
                             limits::min(),
                             0x1p126F,
                             0x1p127F,
                             -1e-40F,
                             limits::denorm_min(),
                             limits::infinity(),
                             -limits::infinity(),
                             limits::quiet_NaN()};
constexpr int specials = sizeof(special) / sizeof(special[0]);

// What all elementwise operators without a loss of bits to look at have in common: their meaning in
// f32.
using float_meaning = float (*)(const float*);
template <class Op, std::size_t... I>
float call(const float* x, std::index_sequence<I...>) {
  return Op::template apply<float>(x[I]...);
}
template <class... Ops>
std::vector<float_meaning> meanings_of(core::list<Ops...>) {
  const auto meaning = []<class Op>(Op*) -> float_meaning {
    if constexpr (Op::group == op::category::elementwise && Op::arity > 0) {
      return [](const float* x) {
        return call<Op>(x, std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      };
    } else {
      return nullptr;
    }
  };
  return {meaning(static_cast<Ops*>(nullptr))...};
}

float evaluate(const graph_value& g, int output, const float (&inputs)[2]) {
  static const auto meanings = meanings_of(op::registry{});
  float values[96]{};
  for (int i = 0; i < g.size; ++i) {
    const graph::node& n = g[i];
    float x[graph::max_operands]{};
    for (int k = 0; k < n.count; ++k) x[k] = values[n.operand(k)];
    if (n.is<op::input_op>()) {
      values[i] = inputs[n.slot];
    } else if (n.is<op::constant_op>()) {
      values[i] = n.value;
    } else {
      values[i] = meanings[static_cast<std::size_t>(n.kind)](x);
    }
  }
  return values[g.outputs[static_cast<std::size_t>(output)].node];
}

bool same_bits(float a, float b) {
  return (a != a && b != b) || std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

// Operators that rules speak of, and some that they do not.
using unary = core::list<op::negate_op,
                         op::abs_op,
                         op::relu_op,
                         op::square_op,
                         op::sqrt_op,
                         op::reciprocal_op,
                         op::exp_op,
                         op::sigmoid_op,
                         op::tanh_op,
                         op::floor_op>;
using binary = core::list<op::add_op,
                          op::sub_op,
                          op::mul_op,
                          op::div_op,
                          op::max_op,
                          op::min_op,
                          op::less_op,
                          op::less_equal_op,
                          op::greater_op,
                          op::greater_equal_op,
                          op::equal_op,
                          op::not_equal_op,
                          op::leaky_relu_op,
                          op::prelu_op>;
using ternary = core::list<op::clip_op, op::select_op, op::linear_op>;

template <class... Ops>
void add_one_of(core::list<Ops...>,
                test::random_source& random,
                test::graph_builder<96>& b,
                std::initializer_list<int> operands) {
  int i = 0;
  const int which = random.from(0, static_cast<int>(sizeof...(Ops)) - 1);
  (void)((i++ == which ? (b.add<Ops>(operands), true) : false) || ...);
}

// Far apart streams of random numbers, whatever a source makes of neighbouring seeds.
constexpr std::uint64_t stream = 0xd1342543de82ef95U;

graph_value scalar_graph(std::uint64_t seed) {
  test::random_source random(seed * stream);
  test::graph_builder<96> b;
  b.input("x0", tensor::static_type(f32));
  b.input("x1", tensor::static_type(f32));
  const int wanted = random.from(3, 20);
  for (int i = 0; i < wanted; ++i) {
    const int last = b.build().size - 1;
    const auto pick = [&](int numbers) {  // a number in one of so many cases, else mostly the last
      if (random.one_in(numbers)) return b.constant(special[random.from(0, specials - 1)]);
      return random.one_in(3) ? random.from(0, last) : last;
    };
    const int kind = random.from(0, 9);
    const bool swapped = random.one_in(3);
    const int x = pick(8), y = kind < 3 ? 0 : pick(2), z = kind == 9 ? pick(2) : 0;
    if (kind < 3) add_one_of(unary{}, random, b, {x});
    if (kind >= 3 && kind < 9) add_one_of(binary{}, random, b, {swapped ? y : x, swapped ? x : y});
    if (kind == 9) add_one_of(ternary{}, random, b, {x, y, z});
  }
  b.output(b.build().size - 1, "y0");
  b.output(random.from(2, b.build().size - 1), "y1");
  b.output(random.from(2, b.build().size - 1), "y2");
  return b.build();
}

// True if the pass changes g: a law that never sees a change proves nothing.
template <class Pass>
bool check_bits(const Pass& pass, const graph_value& g) {
  const graph_value after = pass(g);
  if (graph::same(after, graph::compact<96>(g))) return false;
  INFO(pass.name, "\nbefore:\n", graph::describe(g), "after:\n", graph::describe(after));
  for (int output = 0; output < g.output_count; ++output) {
    for (const float a : special) {
      for (const float b : {0.0F, -0.0F, 1.0F, -2.5F, limits::infinity(), limits::quiet_NaN()}) {
        const float expected = evaluate(g, output, {a, b});
        const float found = evaluate(after, output, {a, b});
        if (same_bits(expected, found)) continue;
        INFO("x0 = ", a, ", x1 = ", b, ", output ", output);
        CHECK(expected == found);
        CHECK(std::signbit(expected) == std::signbit(found));
        return true;
      }
    }
  }
  return true;
}

}  // namespace

TEST_CASE("exact passes keep every bit") {
  int changed[5]{};
  for (std::uint64_t seed = 0; seed < 12000; ++seed) {
    const graph_value g = scalar_graph(seed);
    CAPTURE(seed);
    changed[0] += check_bits(pass::canonicalize, g) ? 1 : 0;
    const graph_value canonical = pass::canonicalize(g);
    changed[1] += check_bits(pass::simplify, canonical) ? 1 : 0;
    changed[2] += check_bits(pass::fold_constants, g) ? 1 : 0;
    changed[3] += check_bits(pass::merge_equal, g) ? 1 : 0;
    changed[4] += check_bits(pass::optimize, g) ? 1 : 0;
  }
  for (const int count : changed) {
    MESSAGE("graphs changed: ", count);
    CHECK(count > 1500);
  }
}
