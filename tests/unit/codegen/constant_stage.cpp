// SPDX-License-Identifier: MIT
// Stages as constant expressions: maps with broadcast and converted operands, reductions.
#include <kiln/codegen/constant_stage.hpp>
#include <kiln/plan/builder.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace {

using namespace kiln;

constexpr plan::instruction line(op::kind kind, int count, std::array<std::int8_t, 6> r) {
  return {kind, static_cast<std::int8_t>(count), 0, -1, r};
}

// t0: f32[2, 3], t1: s8[3], t2 = clip(t0 * t1, ...) as u8[2, 3], t3 = the greatest of each column
// of t0, t4 = t0 transposed, t5 = exp of t0.
struct net {
  static constexpr auto plan = [] {
    plan::builder<16> b{};
    const auto matrix = tensor::static_type(f32, 2, 3);
    const auto row = tensor::static_type(s8, 3);
    const int x = b.add_tensor(0, matrix, plan::place::weight);
    const int scale = b.add_tensor(1, row, plan::place::weight);
    const int product = b.add_tensor(2, tensor::static_type(u8, 2, 3), plan::place::packed);
    const int most = b.add_tensor(3, tensor::static_type(f32, 3), plan::place::packed);
    const int turned = b.add_tensor(4, tensor::static_type(f32, 3, 2), plan::place::packed);
    b.begin_group();
    plan::stage s = b.new_stage(plan::anchor::map, 2, op::kind_of<op::mul_op>, matrix);
    b.begin_program(s);
    b.push_load(s, b.whole(x));
    b.push_load(s, b.broadcast(b.whole(scale), row, matrix));
    b.push_instruction(s, line(op::kind_of<op::mul_op>, 2, {0, 1}));
    b.push_instruction(s, line(op::kind_of<op::relu_op>, 1, {2}));
    b.push_store(s, 3, b.whole(product));
    b.add_stage(s);
    plan::stage r = b.new_stage(
        plan::anchor::reduction, 3, op::kind_of<op::reduce_max_op>, tensor::static_type(f32, 3, 2));
    r.kept = 1;
    plan::view columns = b.whole(x);
    std::swap(columns[0], columns[1]);
    b.push_operand(r, columns);
    b.begin_program(r);
    plan::view to = b.whole(most);
    to.rank = 2;
    b.push_store(r, 0, to);
    b.add_stage(r);
    b.add_copy(4, tensor::static_type(f32, 3, 2), columns, b.whole(turned));
    plan::stage e = b.new_stage(plan::anchor::map, 5, op::kind_of<op::exp_op>, matrix);
    b.begin_program(e);
    b.push_load(e, b.whole(x));
    b.push_instruction(e, line(op::kind_of<op::exp_op>, 1, {0}));
    b.push_store(e, 1, b.whole(x));
    b.add_stage(e);
    return b.p;
  }();
};

constexpr float numbers[] = {1.5F, -2.0F, 300.0F, 0.5F, 4.0F, -1.0F};
constexpr std::int8_t scales[] = {2, 3, 1};
struct memory {
  template <int T>
  static constexpr const auto* address() {
    if constexpr (T == 0) {
      return &numbers[0];
    } else {
      return &scales[0];
    }
  }
  template <int T>
  static constexpr const auto* pointer = address<T>();
};

template <int S, class Element, std::size_t N>
constexpr std::array<Element, N> run() {
  std::array<Element, N> out{};
  using stage = codegen::constant_stage<net, memory, S>;
  stage::run(out.data(), 0, stage::rows, 0);
  return out;
}

static_assert(run<0, std::uint8_t, 6>() == std::array<std::uint8_t, 6>{3, 0, 255, 1, 12, 0});
static_assert(run<1, float, 3>() == std::array{1.5F, 4.0F, 300.0F});
static_assert(run<2, float, 6>() == std::array{1.5F, 0.5F, -2.0F, 4.0F, 300.0F, -1.0F});

static_assert(codegen::run_time_operator(net::plan, net::plan.stages[0]) == -1);
static_assert(codegen::run_time_operator(net::plan, net::plan.stages[1]) == -1);
static_assert(codegen::run_time_operator(net::plan, net::plan.stages[3])
              == static_cast<int>(op::kind_of<op::exp_op>));

}  // namespace

TEST_CASE("stages give the same when the program runs them") {
  CHECK(run<0, std::uint8_t, 6>() == std::array<std::uint8_t, 6>{3, 0, 255, 1, 12, 0});
  CHECK(run<1, float, 3>() == std::array{1.5F, 4.0F, 300.0F});
}
