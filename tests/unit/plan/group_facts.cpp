// SPDX-License-Identifier: MIT
// How groups are shared out, and why.
#include <kiln/plan/group_facts.hpp>
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;
using plan::shared_as;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};
constexpr auto moves = plan::moves_for(machine);

template <std::size_t N>
constexpr plan::group_facts facts(const graph::graph<N>& g, int group = 0, int threads = 1) {
  return plan::facts_of(moves.for_threads(threads)(plan::trivial(g)), group, machine);
}
constexpr graph::graph<12> chain(int rows, int width) {
  test::graph_builder<12> b;
  const int x = b.input("x", test::shape(rows, width));
  const int w1 = b.weight("w1", test::shape(width, width));
  const int w2 = b.weight("w2", test::shape(width, width));
  b.output(b.add<op::matmul_op>({b.add<op::matmul_op>({x, w1}), w2}));
  return b.build();
}

constexpr auto blocks = facts(chain(128, 512));
static_assert(blocks.how == shared_as::blocks && blocks.step == 64 && blocks.grain == 1);
static_assert(blocks.row_bytes == 2 * 512 * 4 && blocks.weight_bytes == 2 * 512 * 512 * 4);
static_assert(blocks.by_rows < blocks.by_columns);
static_assert(blocks.cycles == 2 * (128 * 512 * 512 / 2 + 128 * 512) / 16);

static_assert(facts(chain(1, 1024)).how == shared_as::one_row);
static_assert(facts(chain(1, 1024)).by_columns < facts(chain(1, 1024)).by_rows);
static_assert(facts(chain(1, 1024), 0, 2).how == shared_as::one_stage);
static_assert(facts(chain(1, 1024), 0, 2).axis == "columns");
static_assert(facts(chain(2, 16)).how == shared_as::blocks);
static_assert(facts(test::linear_graph(2, 16, 16)).how == shared_as::too_small);

}  // namespace

TEST_CASE("a sum of everything keeps its order") {
  test::graph_builder<8> b;
  b.output(b.add<op::reduce_sum_op>({b.input("x", test::shape(1000000))}, {1, 0}));
  CHECK(facts(b.build()).how == shared_as::in_order);
}

TEST_CASE("columns of a small product of one row are not shared out") {
  const auto p = moves.for_threads(2)(plan::trivial(test::linear_graph(1, 512, 256)));
  REQUIRE(plan::facts_of(p, 0, machine).how == shared_as::columns);
  std::string text;
  plan::append_reasons(text, p, 0, machine);
  CHECK(text.find("one thread, for columns are shared out from 18000 cycles on")
        != std::string::npos);
}

TEST_CASE("a result that is read again is what keeps its reader apart") {
  test::graph_builder<12> b;
  const int x = b.input("x", test::shape(1, 4096));
  const int h = b.add<op::matmul_op>({x, b.weight("v", test::shape(4096, 512))});
  b.output(h, "a");
  b.output(b.add<op::matmul_op>({h, b.weight("w", test::shape(512, 128))}), "b");
  const auto p = moves.for_threads(2)(plan::trivial(b.build()));
  REQUIRE(p.groups.size - p.prepare_groups == 2);
  std::string text;
  plan::append_reasons(text, p, 1, machine);
  CHECK(text.find("it reads nothing") == std::string::npos);
}

TEST_CASE("the reasons are text") {
  std::string text;
  const auto p = moves.for_threads(2)(plan::trivial(chain(1, 1024)));
  plan::append_reasons(text, p, 0, machine);
  CHECK(text == "  524288 cycles; a thread takes at least 64 of the columns\n");
  text.clear();
  plan::append_reasons(text, p, 1, machine);
  CHECK(text.find("not fused with what runs before: the rows are few") != std::string::npos);
}

TEST_CASE("groups that share nothing say so") {
  test::graph_builder<8> b;
  b.output(b.add<op::tanh_op>({b.input("x", test::shape(300, 300))}), "u");
  b.output(b.add<op::tanh_op>({b.input("z", test::shape(200, 300))}), "v");
  std::string text;
  plan::append_reasons(text, moves(plan::trivial(b.build())), 1, machine);
  CHECK(text.find("it reads nothing of it") != std::string::npos);
}
