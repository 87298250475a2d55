// SPDX-License-Identifier: MIT
// Tests kiln/codegen/emit.hpp.
#include <kiln/codegen/emit.hpp>
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>
#include <vector>

namespace {

using namespace kiln;

using test::shape;

struct transposed_operand {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5, 19));
    int t = b.add<op::transpose_op>({x}, op::transpose_op::of(2, 0, 1));
    b.output(b.add<op::relu_op>({t}));
    return b.build();
  }
};
struct concatenation {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 5));
    int y = b.input("z", shape(4, 7));
    int c = b.add<op::concat_op>({x, y}, {1});
    b.output(b.add<op::add_op>({c, c}));
    return b.build();
  }
};
struct slices {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(6, 9));
    int c = b.add<op::slice_op>({x}, {0, 1, 6, 2});
    int d = b.add<op::slice_op>({c}, {1, 2, 8, 3});
    b.output(b.add<op::exp_op>({d}));
    return b.build();
  }
};
struct casts {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(3, 21));
    b.output(b.add<op::cast_op>({b.add<op::cast_op>({x}, {1})}, {0}));
    return b.build();
  }
};
struct weights_computed_at_bind {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 9));
    int w = b.weight("w", shape(9, 7));
    int s = b.weight("s", shape(7));
    int ws = b.add<op::mul_op>({w, s});
    b.output(b.add<op::matmul_op>({x, ws}));
    return b.build();
  }
};
struct residual {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 32));
    int w1 = b.weight("w1", shape(32, 32));
    int w2 = b.weight("w2", shape(32, 32));
    int h = b.add<op::relu_op>({b.add<op::matmul_op>({x, w1})});
    int k = b.add<op::add_op>({b.add<op::matmul_op>({h, w2}), x});
    int z = b.add<op::mul_op>({k, h});
    b.output(b.add<op::softmax_op>({z}, {1}));
    return b.build();
  }
};
struct row_blocks_with_a_divisor {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(150, 9));
    int w = b.weight("w", shape(9, 17));
    int w2 = b.weight("w2", shape(17, 20));
    b.output(b.add<op::matmul_op>({b.add<op::relu_op>({b.add<op::matmul_op>({x, w})}), w2}));
    return b.build();
  }
};
struct row_blocks_with_a_rest {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(131, 9));
    int w = b.weight("w", shape(9, 17));
    int w2 = b.weight("w2", shape(17, 20));
    b.output(b.add<op::matmul_op>({b.add<op::relu_op>({b.add<op::matmul_op>({x, w})}), w2}));
    return b.build();
  }
};

// y = x, both [3, 5, batch <= 100], by way of block scratch; a parallel loop over each axis, the
// last one in steps of at most 16. Then z = y by the calling thread, through shared scratch.
template <int Grain>
struct nested_loops {
  static constexpr kiln::graph::graph<24> graph{};
  static constexpr auto plan = [] {
    namespace to = kiln::plan;
    to::builder<24> b{};
    b.p.symbols[0] = {"batch", 100};
    const tensor::dim batch{1, tensor::product_of(0)};
    const tensor::tensor_type type{f32, 3, {{{3}, {5}, batch}}};
    const int x = b.add_tensor(0, type, to::place::argument);
    const int block = b.add_tensor(1, tensor::static_type(f32, 1, 1, 16), to::place::block);
    const int y = b.add_tensor(2, type, to::place::result);
    const int kept = b.add_tensor(3, type, to::place::shared);
    const int z = b.add_tensor(4, type, to::place::result);
    b.p.tensors[x].slot = b.p.tensors[y].slot = 0;
    b.p.tensors[z].slot = 1;
    b.p.loops.push({to::role::parallel, type[0], 1});
    b.p.loops.push({to::role::parallel, type[1], 1});
    b.p.loops.push({to::role::parallel, type[2], 16, Grain});
    b.p.tensors[block].origins[0] = {2, 2, 1, 0};
    b.begin_group();
    for (std::int16_t i = 0; i < 3; ++i) {
      b.add_item({true, i, static_cast<std::int16_t>(4 - i)});
    }
    to::view in_block = b.whole(block);
    in_block[0] = in_block[1] = {};  // one row, whichever it is
    b.add_copy(1, type, b.whole(x), in_block);
    b.add_copy(2, type, in_block, b.whole(y));
    for (int s = 0; s < 2; ++s) {
      for (std::int8_t i = 0; i < 3; ++i) b.p.stages[s].slices[std::size_t(i)] = {i, i, 1, 0, 0};
    }
    b.begin_group();
    b.add_copy(3, type, b.whole(y), b.whole(kept));
    b.begin_group();
    b.add_copy(4, type, b.whole(kept), b.whole(z));
    return to::place_scratch(b.p);
  }();
};

/// Runs one part of each job, and forgets the others.
struct only_part {
  int which, of;
  [[nodiscard]] int threads() const { return of; }
  template <class Part>
  void parallel_for(int n, const Part& part) const {
    if (which < n) part(which);
  }
};

/// Which bytes of scratch one thread of a team writes, behind those that all share.
template <class Net>
std::vector<bool> written_by(int which, int threads, std::int64_t batch) {
  const auto n = static_cast<std::size_t>(3 * 5 * batch);
  std::vector<float> x(n, 1.0F), y(n), z(n);
  const auto bytes = static_cast<std::size_t>(plan::scratch_for(Net::plan, threads));
  const tensor::buffer scratch(bytes);
  auto* const data = reinterpret_cast<char*>(scratch.data());
  std::fill_n(data, bytes, '\x5a');
  const codegen::bound_tensor in{reinterpret_cast<char*>(x.data()), batch};
  const codegen::bound_tensor out[] = {{reinterpret_cast<char*>(y.data()), batch},
                                       {reinterpret_cast<char*>(z.data()), batch}};
  codegen::frame f{};
  f.arguments = &in;
  f.results = out;
  f.scratch = data;
  f.symbols = &batch;
  const only_part one{which, threads};
  codegen::emitter<Net>::run(f, core::team(one));
  std::vector<bool> written;
  for (auto i = static_cast<std::size_t>(Net::plan.shared_bytes); i < bytes; ++i) {
    written.push_back(data[i] != '\x5a');
  }
  return written;
}

/// Whether a team computes y and z with every byte of scratch in its place.
template <class Net>
bool copies(const core::team& team, std::int64_t batch) {
  const auto n = static_cast<std::size_t>(3 * 5 * batch);
  std::vector<float> x(n), y(n, -1.0F), z(n, -1.0F);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i);
  const std::int64_t bytes = plan::scratch_for(Net::plan, team.threads());
  const tensor::buffer scratch(static_cast<std::size_t>(bytes) + 64);
  auto* const end = reinterpret_cast<char*>(scratch.data()) + bytes;
  std::fill_n(end, 64, '\x5a');
  const codegen::bound_tensor in{reinterpret_cast<char*>(x.data()), batch};
  const codegen::bound_tensor out[] = {{reinterpret_cast<char*>(y.data()), batch},
                                       {reinterpret_cast<char*>(z.data()), batch}};
  codegen::frame f{};
  f.arguments = &in;
  f.results = out;
  f.scratch = reinterpret_cast<char*>(scratch.data());
  f.symbols = &batch;
  codegen::emitter<Net>::run(f, team);
  return y == x && z == x && std::count(end, end + 64, '\x5a') == 64;
}

}  // namespace

TEST_CASE_TEMPLATE("a team shares the product of nested loops",
                   Net,
                   nested_loops<1>,
                   nested_loops<4>,
                   nested_loops<16>,
                   nested_loops<32>) {
  for (const int threads : {1, 2, 3, 7, 64}) {
    runtime::thread_pool pool{threads};
    for (const std::int64_t batch : {1, 2, 15, 16, 17, 63, 64, 100}) {
      CAPTURE(threads);
      CAPTURE(batch);
      CHECK(copies<Net>(core::team(pool), batch));
    }
  }
}

TEST_CASE("no byte of block scratch is two threads'") {
  using net = nested_loops<1>;
  constexpr int threads = 7;
  std::vector<int> writers;
  for (int part = 0; part < threads; ++part) {
    const std::vector<bool> mine = written_by<net>(part, threads, 64);
    CHECK(std::count(mine.begin(), mine.end(), true) == 16 * 4);
    writers.resize(mine.size());
    for (std::size_t i = 0; i < mine.size(); ++i) writers[i] += mine[i] ? 1 : 0;
  }
  CHECK(std::count(writers.begin(), writers.end(), 1) == threads * 16 * 4);
}

TEST_CASE("transposed operand") { test::check_plan<test::scheduled<transposed_operand>>(); }
TEST_CASE("concatenation") { test::check_plan<test::scheduled<concatenation>>(); }
TEST_CASE("slices") { test::check_plan<test::scheduled<slices>>(); }
TEST_CASE("casts") { test::check_plan<test::scheduled<casts>>(); }
TEST_CASE("weights computed at bind") {
  test::check_plan<test::scheduled<weights_computed_at_bind>>();
}
TEST_CASE("residual") { test::check_plan<test::scheduled<residual>>(); }
TEST_CASE("row blocks with a divisor") {
  test::check_plan<test::scheduled<row_blocks_with_a_divisor>>();
  test::check_plan_with_teams<test::scheduled<row_blocks_with_a_divisor>>();
}
TEST_CASE("row blocks with a rest") {
  test::check_plan<test::scheduled<row_blocks_with_a_rest>>();
  test::check_plan_with_teams<test::scheduled<row_blocks_with_a_rest>>();
}
