// SPDX-License-Identifier: MIT
// Where batch norms go.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/fold_batch_norm.hpp>
#include <kiln/pass/pass.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;
using builder = test::graph_builder<48>;

template <class Builder>
constexpr int norm(Builder& b, int x, int c) {
  const auto row = static_type(f32, c);
  const int gamma = b.weight("gamma", row), beta = b.weight("beta", row);
  const int mean = b.weight("mean", row), variance = b.weight("variance", row);
  return b.template add<op::batch_norm_op>({x, gamma, beta, mean, variance, b.constant(1e-5F)});
}

constexpr auto before = [] {
  builder b;
  const int x = b.input("x", static_type(f32, 2, 8));
  const int w = b.weight("w", static_type(f32, 8, 4));
  b.output(norm(b, b.add<op::matmul_op>({x, w}), 4));
  return b.build();
}();
constexpr auto after = pass::fold_batch_norm(before);
static_assert(graph::describe_into<1024>(after).view() ==
              "%0 = input \"x\" : f32[2, 8]\n"
              "%1 = weight \"w\" : f32[8, 4]\n"
              "%2 = weight \"gamma\" : f32[4]\n"
              "%3 = weight \"beta\" : f32[4]\n"
              "%4 = weight \"mean\" : f32[4]\n"
              "%5 = weight \"variance\" : f32[4]\n"
              "%6 = constant 1e-5 : f32\n"
              "%7 = add(%5, %6) : f32[4]\n"
              "%8 = rsqrt(%7) : f32[4]\n"
              "%9 = mul(%8, %2) : f32[4]\n"
              "%10 = mul(%4, %9) : f32[4]\n"
              "%11 = sub(%3, %10) : f32[4]\n"
              "%12 = mul(%1, %9) : f32[8, 4]\n"
              "%13 = matmul(%0, %12) : f32[2, 4]\n"
              "%14 = add(%13, %11) : f32[2, 4]\n"
              "return y = %14\n");

// What the output is after folding.
template <class Make>
std::string folded(Make make) {
  builder b;
  b.output(make(b));
  const auto g = pass::fold_batch_norm(b.build());
  CHECK(graph::first_invalid(g) == -1);
  const graph::node& n = g[g.outputs[static_cast<std::size_t>(g.output_count - 1)].node];
  std::string text(n.facts().name);
  if (n.count > 0) text += " of " + std::string(g[n.operand(0)].facts().name);
  return text + (graph::count<op::batch_norm_op>(g) > 0 ? ", norms left" : "");
}

}  // namespace

TEST_CASE("a bias before the norm goes into the shift") {
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 2, 8));
          const int p = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 4))});
          return norm(b, b.add<op::add_op>({p, b.weight("bias", static_type(f32, 4))}), 4);
        })
        == "add of matmul");
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 2, 8));
          const int p = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 4))});
          return norm(b, b.add<op::add_op>({p, b.constant(2)}), 4);
        })
        == "add of matmul");
}

TEST_CASE("convolutions and transposed weights") {
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 1, 5, 5, 3));
          const int w = b.weight("w", static_type(f32, 3, 3, 3, 4));
          return norm(b, b.add<op::conv2d_op>({x, w}), 4);
        })
        == "add of conv2d");
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 2, 8));
          const int w = b.weight("w", static_type(f32, 4, 8));
          return norm(b, b.add<op::matmul_op>({x, w}, {0, 1}), 4);
        })
        == "add of matmul");
}

TEST_CASE("two norms one after the other both fold") {
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 2, 8));
          const int p = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 4))});
          return norm(b, norm(b, p, 4), 4);
        })
        == "add of matmul");
}

TEST_CASE("elsewhere it is one multiply-add") {
  CHECK(folded([](builder& b) {
          return norm(b, b.add<op::relu_op>({b.input("x", static_type(f32, 2, 4))}), 4);
        })
        == "linear of relu");
  CHECK(folded([](builder& b) {  // the product has another reader
          const int x = b.input("x", static_type(f32, 2, 8));
          const int p = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 4))});
          b.output(p, "p");
          return norm(b, p, 4);
        })
        == "linear of matmul");
  CHECK(folded([](builder& b) {  // the sum has
          const int x = b.input("x", static_type(f32, 2, 8));
          const int p = b.add<op::matmul_op>({x, b.weight("w", static_type(f32, 8, 4))});
          const int sum = b.add<op::add_op>({p, b.weight("bias", static_type(f32, 4))});
          b.output(sum, "sum");
          return norm(b, sum, 4);
        })
        == "linear of add");
  CHECK(folded([](builder& b) {  // weights that are inputs
          const int x = b.input("x", static_type(f32, 2, 8));
          return norm(b, b.add<op::matmul_op>({x, b.input("w", static_type(f32, 8, 4))}), 4);
        })
        == "linear of matmul");
}

TEST_CASE("statistics that depend on an input stay") {
  CHECK(folded([](builder& b) {
          const int x = b.input("x", static_type(f32, 2, 4));
          const int s = b.input("s", static_type(f32, 4));
          return b.add<op::batch_norm_op>({x, s, s, s, s, b.constant(1)});
        })
        == "batch_norm of input, norms left");
}

// A deep net in the capacity that it has before passes: the pipeline makes room for all norms.
constexpr auto deep = [] {
  test::graph_builder<118> b;
  int x = b.input("x", static_type(f32, 2, 4));
  for (int i = 0; i < 10; ++i) {
    const int w = b.weight("w", static_type(f32, 4, 4));
    x = b.add<op::relu_op>({norm(b, b.add<op::matmul_op>({x, w}), 4)});
  }
  b.output(x);
  return b.build();
}();
constexpr auto folding = pass::pipeline(pass::fold_batch_norm);
static_assert(graph::count<op::batch_norm_op>(folding(deep)) > 0);
static_assert(graph::count<op::batch_norm_op>(pass::graph_after<folding, deep, 1>) == 0);

TEST_CASE("a full graph stays as it is") {
  const auto full = graph::compact<10>(before);
  CHECK(graph::same(pass::fold_batch_norm(full), full));
}
