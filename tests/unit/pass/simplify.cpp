// SPDX-License-Identifier: MIT
// Each rule of algebra, and each place where it must not fire.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/simplify.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto before = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(f32, 8));
  b.output(b.add<op::div_op>({x, b.constant(4)}));
  return b.build();
}();
static_assert(graph::describe_into<256>(pass::simplify(before)).view() ==
              "%0 = input \"x\" : f32[8]\n"
              "%1 = constant 0.25 : f32\n"
              "%2 = mul(%0, %1) : f32[8]\n"
              "return y = %2\n");

using builder = test::graph_builder<32>;

// The operator names and numbers that make(builder, x) becomes, outermost first.
std::string term(const graph::graph<32>& g, int i) {
  const graph::node& n = g[i];
  if (graph::is_interface(n)) return std::string(n.name);
  std::string text;
  if (n.is<op::constant_op>()) {
    graph::append_float(text, n.value);
    return text;
  }
  text = std::string(n.facts().name) + "(";
  for (int k = 0; k < n.count; ++k) text += (k > 0 ? ", " : "") + term(g, n.operand(k));
  return text + ")";
}
template <class Make>
std::string simple(Make make, const pass::options& allowed = {}) {
  builder b;
  const int x = b.input("x", static_type(f32, 4));
  const int z = b.input("z", static_type(f32, 4));
  b.output(make(b, x, z));
  const auto after = pass::simplify_fn{allowed}(b.build());
  CHECK(graph::first_invalid(after) == -1);
  return term(after, after.outputs[0].node);
}
// Op(x, number)
template <class Op>
std::string with_number(float number, const pass::options& allowed = {}) {
  return simple(
      [&](builder& b, int x, int) {
        return b.add<Op>({x, b.constant(number)});
      },
      allowed);
}
// Outer(Inner(x))
template <class Outer, class Inner>
std::string chain() {
  return simple([](builder& b, int x, int) { return b.add<Outer>({b.add<Inner>({x})}); });
}
// Outer(Inner(x, inner), outer)
template <class Outer, class Inner>
std::string limits(float inner, float outer) {
  return simple([&](builder& b, int x, int) {
    const int i = b.add<Inner>({x, b.constant(inner)});
    return b.add<Outer>({i, b.constant(outer)});
  });
}
// Outer(relu(x), number)
template <class Outer>
std::string of_relu(float number) {
  return simple([&](builder& b, int x, int) {
    return b.add<Outer>({b.add<op::relu_op>({x}), b.constant(number)});
  });
}
// relu(Inner(x, number))
template <class Inner>
std::string relu_of(float number) {
  return simple([&](builder& b, int x, int) {
    return b.add<op::relu_op>({b.add<Inner>({x, b.constant(number)})});
  });
}

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr pass::options zeros{.ignore_zero_sign = true};

}  // namespace

TEST_CASE("numbers that do nothing") {
  CHECK(with_number<op::mul_op>(1) == "x");
  CHECK(with_number<op::div_op>(1) == "x");
  CHECK(with_number<op::add_op>(-0.0F) == "x");
  CHECK(with_number<op::sub_op>(0) == "x");
  CHECK(with_number<op::pow_op>(1) == "x");
  CHECK(with_number<op::leaky_relu_op>(1) == "x");
  CHECK(with_number<op::mul_op>(-1) == "negate(x)");
  CHECK(with_number<op::pow_op>(2) == "square(x)");
  CHECK(with_number<op::pow_op>(-1) == "reciprocal(x)");
  CHECK(with_number<op::pow_op>(0.5F) == "pow(x, 0.5)");
}

TEST_CASE("the sign of a zero counts unless it is allowed not to") {
  CHECK(with_number<op::add_op>(0) == "add(x, 0)");
  CHECK(with_number<op::add_op>(0, zeros) == "x");
  CHECK(with_number<op::sub_op>(-0.0F) == "sub(x, -0)");
  CHECK(with_number<op::sub_op>(-0.0F, zeros) == "x");
  CHECK(with_number<op::max_op>(0) == "max(x, 0)");
  CHECK(with_number<op::max_op>(0, zeros) == "relu(x)");
  const auto from_zero = [](builder& b, int x, int) {
    return b.add<op::sub_op>({b.constant(0), x});
  };
  CHECK(simple(from_zero) == "sub(0, x)");
  CHECK(simple(from_zero, zeros) == "negate(x)");
  const auto negated = [](builder& b, int x, int z) {
    return b.add<op::negate_op>({b.add<op::sub_op>({x, z})});
  };
  CHECK(simple(negated) == "negate(sub(x, z))");
  CHECK(simple(negated, zeros) == "sub(z, x)");
  CHECK(with_number<op::mul_op>(0, zeros) == "mul(x, 0)");
}

TEST_CASE("division by a number") {
  CHECK(with_number<op::div_op>(8) == "mul(x, 0.125)");
  CHECK(with_number<op::div_op>(-0.5F) == "mul(x, -2)");
  CHECK(with_number<op::div_op>(3) == "div(x, 3)");
  CHECK(with_number<op::div_op>(3, {.reciprocal = true}) == "mul(x, 0.33333334)");
  CHECK(with_number<op::div_op>(0, {.reciprocal = true}) == "div(x, 0)");
  CHECK(with_number<op::div_op>(not_a_number, {.reciprocal = true}) == "div(x, nan)");
  CHECK(with_number<op::div_op>(0x1p127F).substr(0, 3) == "div");  // its reciprocal is denormal
  CHECK(with_number<op::div_op>(0x1p-126F).substr(0, 3) == "mul");
  CHECK(with_number<op::div_op>(0x1p-127F).substr(0, 3) == "div");  // its reciprocal overflows
}

TEST_CASE("signs cancel") {
  CHECK(chain<op::negate_op, op::negate_op>() == "x");
  CHECK(chain<op::abs_op, op::negate_op>() == "abs(x)");
  CHECK(chain<op::square_op, op::negate_op>() == "square(x)");
  CHECK(chain<op::square_op, op::abs_op>() == "square(x)");
  CHECK(chain<op::relu_op, op::negate_op>() == "relu(negate(x))");
  const auto with_negated = []<class Op>(Op*) {
    return simple([](builder& b, int x, int z) {
      return b.add<Op>({x, b.add<op::negate_op>({z})});
    });
  };
  CHECK(with_negated(static_cast<op::add_op*>(nullptr)) == "sub(x, z)");
  CHECK(with_negated(static_cast<op::sub_op*>(nullptr)) == "add(x, z)");
  CHECK(with_negated(static_cast<op::mul_op*>(nullptr)) == "mul(x, negate(z))");
  CHECK(simple([](builder& b, int x, int z) {
          return b.add<op::add_op>({b.add<op::negate_op>({x}), z});
        })
        == "sub(z, x)");
  CHECK(simple([](builder& b, int x, int z) {
          return b.add<op::mul_op>({b.add<op::negate_op>({x}), b.add<op::negate_op>({z})});
        })
        == "mul(x, z)");
  CHECK(simple([](builder& b, int x, int z) {
          return b.add<op::div_op>({b.add<op::negate_op>({x}), b.add<op::negate_op>({z})});
        })
        == "div(x, z)");
  CHECK(simple([](builder& b, int x, int) {
          return b.add<op::mul_op>({b.add<op::negate_op>({x}), b.constant(3)});
        })
        == "mul(x, -3)");
  CHECK(simple([](builder& b, int x, int) {
          return b.add<op::div_op>({b.add<op::negate_op>({x}), b.constant(3)});
        })
        == "div(x, -3)");
  CHECK(simple([](builder& b, int x, int) {
          return b.add<op::negate_op>({b.add<op::mul_op>({x, b.constant(3)})});
        })
        == "mul(x, -3)");
}

TEST_CASE("what is not negative needs no relu and no abs") {
  CHECK(chain<op::relu_op, op::relu_op>() == "relu(x)");
  CHECK(chain<op::relu_op, op::square_op>() == "square(x)");
  CHECK(chain<op::relu_op, op::sigmoid_op>() == "sigmoid(x)");
  CHECK(chain<op::relu_op, op::exp_op>() == "exp(x)");
  CHECK(chain<op::relu_op, op::sqrt_op>() == "sqrt(x)");
  CHECK(chain<op::relu_op, op::tanh_op>() == "relu(tanh(x))");
  CHECK(chain<op::abs_op, op::abs_op>() == "abs(x)");
  CHECK(chain<op::abs_op, op::square_op>() == "square(x)");
  CHECK(chain<op::abs_op, op::relu_op>() == "abs(relu(x))");
}

TEST_CASE("limits of limits") {
  using op::max_op;
  using op::min_op;
  CHECK(limits<max_op, max_op>(1, 2) == "max(x, 2)");
  CHECK(limits<max_op, max_op>(2, 1) == "max(x, 2)");
  CHECK(limits<min_op, min_op>(1, 2) == "min(x, 1)");
  CHECK(limits<min_op, min_op>(2, 1) == "min(x, 1)");
  CHECK(limits<min_op, max_op>(1, 2) == "clip(x, 1, 2)");
  CHECK(limits<max_op, min_op>(2, 1) == "clip(x, 1, 2)");
  CHECK(limits<max_op, min_op>(1, 2) == "max(min(x, 1), 2)");
  CHECK(limits<max_op, max_op>(1, 0) == "max(max(x, 1), 0)");
  CHECK(limits<max_op, max_op>(1, not_a_number) == "max(max(x, 1), nan)");
  CHECK(limits<min_op, max_op>(not_a_number, 1) == "min(max(x, nan), 1)");
  CHECK(of_relu<min_op>(6) == "clip(x, 0, 6)");
  CHECK(of_relu<min_op>(-6) == "min(relu(x), -6)");
  CHECK(of_relu<max_op>(6) == "max(x, 6)");
  CHECK(of_relu<max_op>(-6) == "relu(x)");
  CHECK(relu_of<min_op>(6) == "clip(x, 0, 6)");
  CHECK(relu_of<max_op>(6) == "max(x, 6)");
  CHECK(relu_of<max_op>(-6) == "relu(x)");
  CHECK(simple([](builder& b, int x, int) { return b.add<max_op>({x, x}); }) == "x");
  CHECK(simple([](builder& b, int x, int) { return b.add<min_op>({x, x}); }) == "x");
}

TEST_CASE("choices and lines") {
  CHECK(simple([](builder& b, int x, int z) {
          return b.add<op::select_op>({b.constant(0), x, z});
        })
        == "z");
  CHECK(simple([](builder& b, int x, int z) {
          return b.add<op::select_op>({b.constant(not_a_number), x, z});
        })
        == "x");
  CHECK(simple([](builder& b, int x, int z) { return b.add<op::select_op>({z, x, x}); }) == "x");
  CHECK(simple([](builder& b, int x, int) {
          return b.add<op::linear_op>({x, b.constant(1), b.constant(2)});
        })
        == "add(x, 2)");
  const auto no_sum = [](builder& b, int x, int) {
    return b.add<op::linear_op>({x, b.constant(2), b.constant(0)});
  };
  CHECK(simple(no_sum) == "linear(x, 2, 0)");
  CHECK(simple(no_sum, zeros) == "mul(x, 2)");
}

TEST_CASE("reassociation needs a licence") {
  const pass::options allowed{.reassociate = true};
  const auto sums = [](builder& b, int x, int) {
    return b.add<op::add_op>({b.add<op::add_op>({x, b.constant(1)}), b.constant(2)});
  };
  CHECK(simple(sums) == "add(add(x, 1), 2)");
  CHECK(simple(sums, allowed) == "add(x, 3)");
  const auto products = [](builder& b, int x, int) {
    return b.add<op::mul_op>({b.add<op::mul_op>({x, b.constant(1e30F)}), b.constant(1e30F)});
  };
  CHECK(simple(products, allowed) == "mul(mul(x, 1e30), 1e30)");  // no finite product
  const auto bias = [](builder& b, int x, int) {
    const int w = b.weight("w", static_type(f32, 4)), v = b.weight("v", static_type(f32, 4));
    const int sum = b.add<op::add_op>({b.add<op::add_op>({x, w}), v});
    return b.add<op::add_op>({sum, b.constant(2)});
  };
  CHECK(simple(bias) == "add(add(add(x, w), v), 2)");
  CHECK(simple(bias, allowed) == "add(x, add(add(w, v), 2))");
  const auto scaled = [](builder& b, int x, int) {
    const int w = b.weight("w", static_type(f32, 4, 2));
    const int row = b.reshape(x, static_type(f32, 1, 4));
    return b.add<op::mul_op>({b.add<op::matmul_op>({row, w}), b.constant(3)});
  };
  CHECK(simple(scaled) == "mul(matmul(reshape(x), w), 3)");
  CHECK(simple(scaled, allowed) == "matmul(reshape(x), mul(w, 3))");
}

TEST_CASE("a shape that would change stays") {
  CHECK(simple([](builder& b, int x, int) {
          const int row = b.reshape(x, static_type(f32, 1, 4));
          const int ones = b.input("ones", static_type(f32, 3, 1));
          return b.add<op::select_op>({ones, row, row});
        })
        == "select(ones, reshape(x), reshape(x))");
}
