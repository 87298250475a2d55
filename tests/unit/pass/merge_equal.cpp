// SPDX-License-Identifier: MIT
// What counts as equal.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/merge_equal.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto vector = static_type(f32, 8);

constexpr auto before = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", vector);
  const int first = b.add<op::exp_op>({x});
  const int second = b.add<op::exp_op>({x});
  b.output(b.add<op::mul_op>({first, second}));
  return b.build();
}();

static_assert(graph::describe_into<256>(pass::merge_equal(before)).view() ==
              "%0 = input \"x\" : f32[8]\n"
              "%1 = exp(%0) : f32[8]\n"
              "%2 = mul(%1, %1) : f32[8]\n"
              "return y = %2\n");

constexpr float values[2][8]{};

double twice(const void*, const double* x) { return 2 * x[0]; }

// The number of nodes that two calls of `make` leave.
template <class Make>
int merged(Make make) {
  test::graph_builder<32> b;
  const int x = b.input("x", vector);
  const int w = b.input("w", vector);
  b.output(make(b, x, w, 0), "a");
  b.output(make(b, x, w, 1), "b");
  const auto after = pass::merge_equal(b.build());
  CHECK(graph::first_invalid(after) == -1);
  return after.size - 2;
}

}  // namespace

TEST_CASE("chains merge in one run") {
  CHECK(merged([](auto& b, int x, int, int) {
          const int e = b.template add<op::exp_op>({x});
          const int c = b.constant(2);
          return b.template add<op::relu_op>({b.template add<op::mul_op>({e, c})});
        })
        == 4);
}

TEST_CASE("order counts where it changes bits") {
  CHECK(merged([](auto& b, int x, int w, int k) {
          return b.template add<op::add_op>({k == 0 ? x : w, k == 0 ? w : x});
        })
        == 1);
  CHECK(merged([](auto& b, int x, int w, int k) {
          return b.template add<op::mul_op>({k == 0 ? x : w, k == 0 ? w : x});
        })
        == 1);
  CHECK(merged([](auto& b, int x, int w, int k) {
          return b.template add<op::max_op>({k == 0 ? x : w, k == 0 ? w : x});
        })
        == 2);
  CHECK(merged([](auto& b, int x, int w, int k) {
          return b.template add<op::sub_op>({k == 0 ? x : w, k == 0 ? w : x});
        })
        == 2);
}

TEST_CASE("attributes, types and numbers count") {
  CHECK(merged([](auto& b, int x, int, int k) {
          return b.template add<op::slice_op>({x}, {0, 0, 4 + k, 1});
        })
        == 2);
  CHECK(merged([](auto& b, int x, int, int k) {
          return b.reshape(x, k == 0 ? static_type(f32, 2, 4) : static_type(f32, 4, 2));
        })
        == 2);
  CHECK(merged([](auto& b, int x, int, int k) {
          return b.template add<op::add_op>({x, b.constant(k == 0 ? 0.0F : -0.0F)});
        })
        == 4);
  CHECK(merged([](auto& b, int x, int, int) {
          return b.template add<op::add_op>({x, b.constant(0.5F)});
        })
        == 2);
}

TEST_CASE("user maps are equal when they call one object") {
  static constexpr int objects[2]{};
  CHECK(merged([](auto& b, int x, int, int) { return b.map({&objects[0], &twice}, 0, {x}); }) == 1);
  CHECK(merged([](auto& b, int x, int, int k) {
          return b.map({&objects[k], &twice}, 0, {x});
        })
        == 2);
  CHECK(merged([](auto& b, int x, int, int k) {
          return b.map({&objects[0], &twice}, k, {x});
        })
        == 2);
}

TEST_CASE("tables are equal when they are one array") {
  const auto of = [](int which) {
    return [which](auto& b, int x, int, int k) {
      return b.template add<op::add_op>(
          {x, b.table(&values[static_cast<std::size_t>(k * which)][0], vector)});
    };
  };
  CHECK(merged(of(0)) == 2);
  CHECK(merged(of(1)) == 4);
}
