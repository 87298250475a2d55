// SPDX-License-Identifier: MIT
// A hand-written plan: one attention head with online softmax. Key blocks are a `reduce` loop that
// carries maximum, sum and the rescaled accumulator; scores never leave block scratch.
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;
using plan::anchor, plan::place, plan::role, plan::stage, plan::stride, plan::view;

// Every key block costs a pass over the sums, which it rescales: 128 keys take a fifth less time
// than 48, and 256 no less than 128.
template <int Queries, int Keys, int Depth, int KeyBlock = 128>
struct attention final {
  static constexpr int query_block = 64, key_block = KeyBlock;

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

  struct writer : plan::builder<24> {
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
        x[i] = callers_rows && i == 0 ? stride{1, 1} : stride{strides[at(i)], 0};
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

  /// The plan, written down part by part; `t` holds the places of its tensors.
  struct author final : writer {
    using writer::at;
    using writer::p;
    template <class Op>
    static constexpr op::kind kind_of = op::kind_of<Op>;
    struct tensors final {
      int q, k, v, mask, scale, lowest, zero, y;
      int k_panels, v_panels, block, terms, most, next_most, sum, rescale, sums;
    } t{};
    int pack_loop = 0, rows = 0, keys = 0;
    view k_view{}, v_view{};

    constexpr auto write() {
      add_sources();
      add_loops();
      add_scratch();
      this->begin_group();
      pack_keys();
      pack_values();
      this->add_item({true, static_cast<std::int16_t>(rows), 12});
      fill(t.lowest, t.most, 1);
      fill(t.zero, t.sum, 1);
      fill(t.zero, t.sums, 2);
      this->add_item({true, static_cast<std::int16_t>(keys), 7});
      add_scores();
      add_maximum();
      add_terms();
      add_sums();
      add_result();
      return kiln::plan::place_scratch(p);
    }

    constexpr void add_sources() {
      t.q = this->source(q, place::argument, 0);
      t.k = this->source(k, place::argument, 1);
      t.v = this->source(v, place::argument, 2);
      t.mask = this->source(mask, place::argument, 3);
      t.scale = this->source(scale, place::literal, scale);
      t.lowest = this->source(lowest, place::literal, lowest);
      t.zero = this->source(zero, place::literal, zero);
      t.y = this->source(y, place::result, 0);
      p.inputs = 4;
      p.results = 1;
    }
    constexpr void add_loops() {
      pack_loop = p.loops.push({role::serial, {Keys}, key_block});
      rows = p.loops.push({role::parallel, {Queries}, query_block});
      keys = p.loops.push({role::reduce, {Keys}, key_block});
    }
    constexpr void add_scratch() {
      const plan::origin by_rows{static_cast<std::int8_t>(rows), 0, 1, 0};
      const plan::origin by_keys{static_cast<std::int8_t>(keys), 1, 1, 0};
      t.k_panels = this->add_panels(k, tensor::static_type(f32, Depth, Keys), place::block, 1);
      t.v_panels = this->add_panels(v, tensor::static_type(f32, Keys, Depth), place::block, 1);
      t.block = this->scratch(masked, by_rows, by_keys, query_block, key_block);
      t.terms = this->scratch(weights, by_rows, by_keys, query_block, key_block);
      t.most = this->scratch(masked, by_rows, {}, query_block);
      t.next_most = this->scratch(masked, by_rows, {}, query_block);
      t.sum = this->scratch(weights, by_rows, {}, query_block);
      t.rescale = this->scratch(weights, by_rows, {}, query_block);
      t.sums = this->scratch(y, by_rows, {}, query_block, Depth);
      for (const int i : {t.most, t.sum, t.sums}) p.tensors[i].carried = true;
      k_view = writer::over(t.k_panels, 3, {0, Depth, core::round_up(Keys, 16)});
      v_view = writer::over(t.v_panels, 3, {0, Keys, core::round_up(Depth, 16)});
    }

    constexpr void pack_keys() {
      stage s = this->begin(anchor::pack, op::kind{}, 3, {Queries, Keys, Depth}, 3, -1, 0);
      view from = writer::over(t.k, 3, {0, 0, 1});
      from[1] = stride{1, 1};
      this->push_operand(s, from);
      this->begin_program(s);
      this->push_store(s, 0, k_view);
      this->add_stage(s);
    }
    // Every key block by itself, so that it is contiguous.
    constexpr void pack_values() {
      this->add_item({true, static_cast<std::int16_t>(pack_loop), 1});
      stage s = this->begin(anchor::pack, op::kind{}, 3, {Queries, Depth, Keys}, 3, pack_loop, 2);
      view from = writer::over(t.v, 3, {0, 1, 0});
      from[2] = stride{1, 1};
      this->push_operand(s, from);
      this->begin_program(s);
      this->push_store(s, 0, v_view);
      this->add_stage(s);
    }
    constexpr view vector(int tensor, int rank) const {
      return writer::over(tensor, rank, {1, 0, 0});
    }
    constexpr view matrix(int tensor, int columns, int rank = 2) const {
      return writer::over(tensor, rank, {columns, 1, 0});
    }
    constexpr void fill(int literal, int to, int rank) {
      stage s = this->begin(anchor::map, op::kind{}, rank, {Queries, Depth, 1}, rank, rows, 0);
      this->begin_program(s);
      this->push_load(s, writer::over(literal, rank, {0, 0, 0}));
      this->push_store(s, 0, rank == 1 ? vector(to, 1) : matrix(to, Depth));
      this->add_stage(s);
    }

    // scores = q k * scale + mask
    constexpr void add_scores() {
      const auto kind = kind_of<op::matmul_op>;
      stage s = this->begin(anchor::matmul, kind, 2, {Queries, Keys, Depth}, 3, rows, 0, keys, 1);
      this->push_operand(s, writer::over(t.q, 3, {0, 0, 1}, true));
      this->push_operand(s, k_view);
      this->begin_program(s);
      this->push_load(s, writer::over(t.scale, 3, {0, 0, 0}));
      this->push_load(s, writer::over(t.mask, 3, {0, 1, 0}));
      this->line(s, kind_of<op::mul_op>, 2, 0);
      this->line(s, kind_of<op::add_op>, 3, 1);
      this->push_store(s, 4, matrix(t.block, key_block, 3));
      this->add_stage(s);
    }
    // next_most = max(most, row maximum); rescale = exp(most - next_most); most = next_most
    constexpr void add_maximum() {
      const auto kind = kind_of<op::reduce_max_op>;
      stage s = this->begin(anchor::reduction, kind, 1, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
      this->push_operand(s, matrix(t.block, key_block));
      this->begin_program(s);
      this->push_load(s, vector(t.most, 2));
      this->line(s, kind_of<op::max_op>, 0, 1);
      this->push_store(s, 2, vector(t.next_most, 2));
      this->add_stage(s);
      s = this->begin(anchor::map, op::kind{}, 1, {Queries, 1, 1}, 1, rows, 0);
      this->begin_program(s);
      this->push_load(s, vector(t.most, 1));
      this->push_load(s, vector(t.next_most, 1));
      this->line(s, kind_of<op::sub_op>, 0, 1);
      this->line(s, kind_of<op::exp_op>, 2);
      this->push_store(s, 3, vector(t.rescale, 1));
      this->push_store(s, 1, vector(t.most, 1));
      this->add_stage(s);
    }
    // terms = exp(scores - most); sum = sum * rescale + row sum
    constexpr void add_terms() {
      stage s = this->begin(anchor::map, op::kind{}, 2, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
      this->begin_program(s);
      this->push_load(s, matrix(t.block, key_block));
      this->push_load(s, vector(t.most, 2));
      this->line(s, kind_of<op::sub_op>, 0, 1);
      this->line(s, kind_of<op::exp_op>, 2);
      this->push_store(s, 3, matrix(t.terms, key_block));
      this->add_stage(s);
      const auto kind = kind_of<op::reduce_sum_op>;
      s = this->begin(anchor::reduction, kind, 1, {Queries, Keys, 1}, 2, rows, 0, keys, 1);
      this->push_operand(s, matrix(t.terms, key_block));
      this->begin_program(s);
      this->push_load(s, vector(t.sum, 2));
      this->push_load(s, vector(t.rescale, 2));
      this->line(s, kind_of<op::mul_op>, 0, 1);
      this->line(s, kind_of<op::add_op>, 2, 3);
      this->push_store(s, 4, vector(t.sum, 2));
      this->add_stage(s);
    }
    // sums = sums * rescale + terms v
    constexpr void add_sums() {
      stage s = this->begin(anchor::map, op::kind{}, 2, {Queries, Depth, 1}, 2, rows, 0);
      this->begin_program(s);
      this->push_load(s, matrix(t.sums, Depth));
      this->push_load(s, vector(t.rescale, 2));
      this->line(s, kind_of<op::mul_op>, 0, 1);
      this->push_store(s, 2, matrix(t.sums, Depth));
      this->add_stage(s);
      const auto kind = kind_of<op::matmul_op>;
      s = this->begin(anchor::matmul, kind, 2, {Queries, Depth, Keys}, 3, rows, 0, keys, 2);
      s.accumulate = true;
      this->push_operand(s, writer::over(t.terms, 3, {key_block, 0, 1}));
      this->push_operand(s, v_view);
      this->begin_program(s);
      this->push_store(s, 0, matrix(t.sums, Depth, 3));
      this->add_stage(s);
    }
    // y = sums / sum
    constexpr void add_result() {
      stage s = this->begin(anchor::map, op::kind{}, 2, {Queries, Depth, 1}, 2, rows, 0);
      this->begin_program(s);
      this->push_load(s, matrix(t.sums, Depth));
      this->push_load(s, vector(t.sum, 2));
      this->line(s, kind_of<op::div_op>, 0, 1);
      this->push_store(s, 2, writer::over(t.y, 2, {0, 1, 0}, true));
      this->add_stage(s);
    }
  };

  static constexpr auto plan = author{}.write();
};

}  // namespace

TEST_CASE("one attention head with online softmax, as one group") {
  test::check_plan<attention<128, 256, 32>>();
  test::check_plan<attention<70, 100, 24, 48>>();  // every block has a rest
  static_assert(attention<128, 256, 32>::plan.groups.size == 1);
}
