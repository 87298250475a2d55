// SPDX-License-Identifier: MIT
// A hand-written plan: one attention head with online softmax. Key blocks are a `reduce` loop that
// carries maximum, sum and the rescaled accumulator; scores never leave block scratch.
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

#include "graph_builder.hpp"
#include "run_plan.hpp"
#include <cmath>

namespace {

using namespace kiln;
using plan::anchor, plan::place, plan::role, plan::stage, plan::stride, plan::view;

template <int Queries, int Keys, int Depth>
struct attention final {
  static constexpr int query_block = 64, key_block = 48;

  // The graph is what it means; the plan below computes it in another order.
  static constexpr auto graph = [] {
    test::graph_builder<24> b{};
    const auto matrix = [](int rows, int columns) {
      return tensor::static_type(f32, rows, columns);
    };
    const int q = b.input("q", matrix(Queries, Depth)), k = b.input("k", matrix(Keys, Depth));
    const int v = b.input("v", matrix(Keys, Depth));
    const int mask = b.input("mask", tensor::static_type(f32, Keys));
    const int scale = b.constant(0.125F);
    const int scores = b.template add<op::matmul_op>({q, k}, {0, 1});
    const int masked =
        b.template add<op::add_op>({b.template add<op::mul_op>({scores, scale}), mask});
    const int weights = b.template add<op::softmax_op>({masked}, {1});
    const int y = b.template add<op::matmul_op>({weights, v});
    b.constant(-std::numeric_limits<float>::infinity());
    b.constant(0);
    b.output(y);
    return b.build();
  }();
  // Nodes of the graph, in the order in which they were made.
  enum node : int { q, k, v, mask, scale, scores, scaled, masked, weights, y, lowest, zero };

  struct writer final : plan::builder<24> {
    using base = plan::builder<24>;

    constexpr int source(int i, place where, int slot) {
      const int t = add_tensor(i, graph[i].type, where);
      p.tensors[t].slot = static_cast<std::int16_t>(slot);
      return t;
    }
    constexpr int scratch(int i, plan::origin a, plan::origin b, int rows, int columns = 0) {
      const auto type =
          columns == 0 ? tensor::static_type(f32, rows) : tensor::static_type(f32, rows, columns);
      const int t = add_tensor(i, type, place::block);
      p.tensors[t].origins = {a, b};
      return t;
    }
    static constexpr view over(int t,
                               int rank,
                               std::array<int, 3> strides,
                               bool callers_rows = false) {
      view x{};
      x.tensor = static_cast<std::int16_t>(t);
      x.rank = static_cast<std::int8_t>(rank);
      for (int i = 0; i < rank; ++i) {
        x[i] =
            callers_rows && i == 0 ? stride{1, 1, {-1, -1}} : stride{strides[at(i)], 0, {-1, -1}};
      }
      return x;
    }
    constexpr stage begin(anchor kind,
                          op::kind operation,
                          int kept,
                          std::array<int, 3> extents,
                          int rank,
                          int loop0,
                          int axis0,
                          int loop1 = -1,
                          int axis1 = 0) {
      tensor::tensor_type axes = tensor::static_type(f32, extents[0], extents[1], extents[2]);
      axes.rank = static_cast<std::int8_t>(rank);
      stage s = new_stage(kind, y, operation, axes);
      s.kept = static_cast<std::int8_t>(kept);
      int next = 0;
      if (loop0 >= 0)
        s.slices[at(next++)] = {
            static_cast<std::int8_t>(loop0), static_cast<std::int8_t>(axis0), 1, 0, 0};
      if (loop1 >= 0)
        s.slices[at(next++)] = {
            static_cast<std::int8_t>(loop1), static_cast<std::int8_t>(axis1), 1, 0, 0};
      return s;
    }
    constexpr void line(stage& s, op::kind kind, int a, int b = -1) {
      push_instruction(s,
                       {kind,
                        static_cast<std::int8_t>(b < 0 ? 1 : 2),
                        0,
                        y,
                        {static_cast<std::int8_t>(a), static_cast<std::int8_t>(b < 0 ? 0 : b)}});
    }
  };

  static constexpr auto plan = [] {
    writer b{};
    auto& p = b.p;
    const int tq = b.source(q, place::argument, 0), tk = b.source(k, place::argument, 1);
    const int tv = b.source(v, place::argument, 2), tmask = b.source(mask, place::argument, 3);
    const int tscale = b.source(scale, place::literal, scale);
    const int tlowest = b.source(lowest, place::literal, lowest),
              tzero = b.source(zero, place::literal, zero);
    const int ty = b.source(y, place::result, 0);
    p.inputs = 4;
    p.results = 1;
    const int pack_loop = p.loops.push({role::serial, {Keys, {-1, -1}}, key_block});
    const int rows = p.loops.push({role::parallel, {Queries, {-1, -1}}, query_block});
    const int keys = p.loops.push({role::reduce, {Keys, {-1, -1}}, key_block});
    const plan::origin by_rows{static_cast<std::int8_t>(rows), 0, 1, 0};
    const plan::origin by_keys{static_cast<std::int8_t>(keys), 1, 1, 0};

    const int k_panels =
        b.add_tensor(k, tensor::static_type(f32, Depth, Keys), place::block, plan::layout::panels);
    const int v_panels =
        b.add_tensor(v, tensor::static_type(f32, Keys, Depth), place::block, plan::layout::panels);
    const int block = b.scratch(masked, by_rows, by_keys, query_block, key_block);
    const int terms = b.scratch(weights, by_rows, by_keys, query_block, key_block);
    const int most = b.scratch(masked, by_rows, {}, query_block),
              next_most = b.scratch(masked, by_rows, {}, query_block);
    const int sum = b.scratch(weights, by_rows, {}, query_block),
              rescale = b.scratch(weights, by_rows, {}, query_block);
    const int sums = b.scratch(y, by_rows, {}, query_block, Depth);
    for (const int t : {most, sum, sums}) p.tensors[t].carried = true;
    constexpr int padded_depth = core::round_up(Depth, 16);
    const view k_view = writer::over(k_panels, 3, {0, Depth, core::round_up(Keys, 16)});
    const view v_view = writer::over(v_panels, 3, {0, Keys, padded_depth});
    using op::kind_of;

    b.begin_group();
    stage s = b.begin(anchor::pack, op::kind{}, 3, {Queries, Keys, Depth}, 3, -1, 0);
    view from = writer::over(tk, 3, {0, 0, 1});
    from[1] = stride{1, 1, {-1, -1}};
    b.push_operand(s, from);
    b.begin_program(s);
    b.push_store(s, 0, k_view);
    b.add_stage(s);

    b.add_item({true, static_cast<std::int16_t>(pack_loop), 1});
    s = b.begin(anchor::pack, op::kind{}, 3, {Queries, Depth, Keys}, 3, pack_loop, 2);
    from = writer::over(tv, 3, {0, 1, 0});
    from[2] = stride{1, 1, {-1, -1}};
    b.push_operand(s, from);
    b.begin_program(s);
    b.push_store(s, 0, v_view);
    b.add_stage(s);

    b.add_item({true, static_cast<std::int16_t>(rows), 12});
    const auto fill = [&](int literal, int to, int rank) {
      stage x = b.begin(anchor::map, op::kind{}, rank, {Queries, Depth, 1}, rank, rows, 0);
      b.begin_program(x);
      b.push_load(x, writer::over(literal, rank, {0, 0, 0}));
      b.push_store(
          x, 0, rank == 1 ? writer::over(to, 1, {1, 0, 0}) : writer::over(to, 2, {Depth, 1, 0}));
      b.add_stage(x);
    };
    fill(tlowest, most, 1);
    fill(tzero, sum, 1);
    fill(tzero, sums, 2);

    b.add_item({true, static_cast<std::int16_t>(keys), 7});
    // scores = q k * scale + mask
    s = b.begin(
        anchor::matmul, kind_of<op::matmul_op>, 2, {Queries, Keys, Depth}, 3, rows, 0, keys, 1);
    b.push_operand(s, writer::over(tq, 3, {0, 0, 1}, true));
    b.push_operand(s, k_view);
    b.begin_program(s);
    b.push_load(s, writer::over(tscale, 3, {0, 0, 0}));
    b.push_load(s, writer::over(tmask, 3, {0, 1, 0}));
    b.line(s, kind_of<op::mul_op>, 2, 0);
    b.line(s, kind_of<op::add_op>, 3, 1);
    b.push_store(s, 4, writer::over(block, 3, {key_block, 1, 0}));
    b.add_stage(s);
    // next_most = max(most, row maximum)
    s = b.begin(
        anchor::reduction, kind_of<op::reduce_max_op>, 1, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
    b.push_operand(s, writer::over(block, 2, {key_block, 1, 0}));
    b.begin_program(s);
    b.push_load(s, writer::over(most, 2, {1, 0, 0}));
    b.line(s, kind_of<op::max_op>, 0, 1);
    b.push_store(s, 2, writer::over(next_most, 2, {1, 0, 0}));
    b.add_stage(s);
    // rescale = exp(most - next_most); most = next_most
    s = b.begin(anchor::map, op::kind{}, 1, {Queries, 1, 1}, 1, rows, 0);
    b.begin_program(s);
    b.push_load(s, writer::over(most, 1, {1, 0, 0}));
    b.push_load(s, writer::over(next_most, 1, {1, 0, 0}));
    b.line(s, kind_of<op::sub_op>, 0, 1);
    b.line(s, kind_of<op::exp_op>, 2);
    b.push_store(s, 3, writer::over(rescale, 1, {1, 0, 0}));
    b.push_store(s, 1, writer::over(most, 1, {1, 0, 0}));
    b.add_stage(s);
    // terms = exp(scores - most)
    s = b.begin(anchor::map, op::kind{}, 2, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
    b.begin_program(s);
    b.push_load(s, writer::over(block, 2, {key_block, 1, 0}));
    b.push_load(s, writer::over(most, 2, {1, 0, 0}));
    b.line(s, kind_of<op::sub_op>, 0, 1);
    b.line(s, kind_of<op::exp_op>, 2);
    b.push_store(s, 3, writer::over(terms, 2, {key_block, 1, 0}));
    b.add_stage(s);
    // sum = sum * rescale + row sum
    s = b.begin(
        anchor::reduction, kind_of<op::reduce_sum_op>, 1, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
    b.push_operand(s, writer::over(terms, 2, {key_block, 1, 0}));
    b.begin_program(s);
    b.push_load(s, writer::over(sum, 2, {1, 0, 0}));
    b.push_load(s, writer::over(rescale, 2, {1, 0, 0}));
    b.line(s, kind_of<op::mul_op>, 0, 1);
    b.line(s, kind_of<op::add_op>, 2, 3);
    b.push_store(s, 4, writer::over(sum, 2, {1, 0, 0}));
    b.add_stage(s);
    // sums = sums * rescale
    s = b.begin(anchor::map, op::kind{}, 2, {Queries, Depth, 1}, 2, rows, 0);
    b.begin_program(s);
    b.push_load(s, writer::over(sums, 2, {Depth, 1, 0}));
    b.push_load(s, writer::over(rescale, 2, {1, 0, 0}));
    b.line(s, kind_of<op::mul_op>, 0, 1);
    b.push_store(s, 2, writer::over(sums, 2, {Depth, 1, 0}));
    b.add_stage(s);
    // sums += terms v
    s = b.begin(
        anchor::matmul, kind_of<op::matmul_op>, 2, {Queries, Depth, Keys}, 3, rows, 0, keys, 2);
    s.accumulate = true;
    b.push_operand(s, writer::over(terms, 3, {key_block, 0, 1}));
    b.push_operand(s, v_view);
    b.begin_program(s);
    b.push_store(s, 0, writer::over(sums, 3, {Depth, 1, 0}));
    b.add_stage(s);

    // y = sums / sum
    s = b.begin(anchor::map, op::kind{}, 2, {Queries, Depth, 1}, 2, rows, 0);
    b.begin_program(s);
    b.push_load(s, writer::over(sums, 2, {Depth, 1, 0}));
    b.push_load(s, writer::over(sum, 2, {1, 0, 0}));
    b.line(s, kind_of<op::div_op>, 0, 1);
    b.push_store(s, 2, writer::over(ty, 2, {0, 1, 0}, true));
    b.add_stage(s);
    return kiln::plan::place_scratch(p);
  }();
  static constexpr auto users = boost::hana::basic_tuple<>{};
  static constexpr const auto& callables() { return users; }
};

}  // namespace

TEST_CASE("one attention head with online softmax, as one group") {
  test::check_plan<attention<128, 96, 32>>();
  test::check_plan<attention<70, 100, 24>>();  // every block has a rest
  static_assert(attention<128, 96, 32>::plan.groups.size == 1);
}
