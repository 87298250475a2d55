// SPDX-License-Identifier: MIT
// Products of two element types in every position of B, with tails everywhere, and what they owe:
// emitted code and interpreted plan mean what the graph means.
#pragma once

#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/plan_law.hpp>
#include <support/run_plan.hpp>

namespace kiln::test {

/// Extents of a product, and whether B is a weight (packed at bind) or an input (in every run).
struct mkn final {
  int m, k, n;
  bool bound = true;
};

/// y = x w.
template <tensor::dtype A, tensor::dtype B, mkn S>
struct plain {
  static constexpr auto make() {
    graph_builder<24> b;
    const int x = b.input("x", tensor::static_type(A, S.m, S.k));
    const auto type = tensor::static_type(B, S.k, S.n);
    const int w = S.bound ? b.weight("w", type) : b.input("w", type);
    b.output(b.add<op::matmul_op>({x, w}));
    return b.build();
  }
};
/// Both sides transposed, with batches on the left.
template <tensor::dtype A, tensor::dtype B>
struct transposed {
  static constexpr auto make() {
    graph_builder<24> b;
    const int x = b.input("x", tensor::static_type(A, 2, 11, 5));
    const int w = b.weight("w", tensor::static_type(B, 19, 11));
    b.output(b.add<op::matmul_op>({x, w}, {1, 1}));
    return b.build();
  }
};
/// Every matrix with a B of its own.
template <tensor::dtype A, tensor::dtype B>
struct batched {
  static constexpr auto make() {
    graph_builder<24> b;
    const int x = b.input("x", tensor::static_type(A, 2, 3, 6, 13));
    const int w = b.input("w", tensor::static_type(B, 3, 13, 18));
    b.output(b.add<op::matmul_op>({x, w}));
    return b.build();
  }
};
/// Runs and interprets the plan of Make's graph.
template <class Make>
void check_meaning() {
  using net = scheduled<Make>;
  for (const unsigned seed : {1U, 2U}) {
    INFO("seed ", seed);
    plan_runner<net> runner(seed);
    runner.run();
    runner.check();
    const auto expected = reference::interpret(net::graph, runner.given());
    CHECK(
        plan_problem(net::plan, net::graph, runner.given(), expected, {}, closeness::within_bounds)
        == "");
  }
}

}  // namespace kiln::test
