// SPDX-License-Identifier: MIT
// Reasons for what stays in memory.
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/split_parallel.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/plan/unfused.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>
#include <vector>

namespace {

using namespace kiln;

template <class Make>
std::vector<plan::reason> reasons(Make make) {
  test::graph_builder<16> b;
  make(b);
  std::vector<plan::reason> all;
  plan::for_each_unfused(plan::fuse_store(plan::trivial(b.build())),
                         [&](const plan::unfused& x) { all.push_back(x.why); });
  return all;
}

constexpr auto square = tensor::static_type(f32, 4, 4);

}  // namespace

TEST_CASE("what is fused needs no reason") {
  CHECK(reasons([](auto& b) {
          b.output(
              b.template add<op::relu_op>({b.template add<op::exp_op>({b.input("x", square)})}));
        }).empty());
}

TEST_CASE("a transposed operand comes from memory") {
  const auto all = reasons([](auto& b) {
    op::transpose_op::attributes turn{};
    turn.order[0] = 1;
    turn.order[1] = 0;
    const int e = b.template add<op::exp_op>({b.input("x", square)});
    b.output(b.template add<op::relu_op>({b.template add<op::transpose_op>({e}, turn)}));
  });
  REQUIRE(all.size() == 1);
  CHECK(all[0] == plan::reason::other_order);
}

TEST_CASE("a product packs a second operand that is no constant") {
  const auto all = reasons([](auto& b) {
    const int e = b.template add<op::exp_op>({b.input("x", square)});
    b.output(b.template add<op::matmul_op>({b.input("a", square), e}));
  });
  REQUIRE(all.size() == 1);
  CHECK(all[0] == plan::reason::no_constant);
}

TEST_CASE("a sum over all leaves no rows") {
  const auto all = reasons([](auto& b) {
    const int e = b.template add<op::exp_op>({b.input("x", square)});
    b.output(b.template add<op::reduce_sum_op>({e}, {3, 0}));
  });
  REQUIRE(all.size() == 1);
  CHECK(all[0] == plan::reason::small);
}

TEST_CASE("every reason has a text") {
  for (int i = 0; i <= static_cast<int>(plan::reason::small); ++i) {
    CHECK(text_of(static_cast<plan::reason>(i)).size() > 10);
  }
}

TEST_CASE("few rows are shared out by columns") {
  test::graph_builder<16> b;
  int y = b.input("x", test::shape(1, 1024));
  for (const char* name : {"w1", "w2"}) {
    y = b.add<op::matmul_op>({y, b.weight(name, test::shape(1024, 1024))});
  }
  b.output(y);
  std::vector<plan::reason> all;
  constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};
  plan::for_each_unfused(plan::split_parallel_fn{machine}(plan::trivial(b.build())),
                         [&](const plan::unfused& x) { all.push_back(x.why); });
  REQUIRE(all.size() == 1);
  CHECK(all[0] == plan::reason::columns);
}
