// SPDX-License-Identifier: MIT
// Types of constant memory, the order of tensors in it, and what makes it impossible.
#include <kiln/codegen/constant_layout.hpp>
#include <kiln/plan/builder.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace {

using namespace kiln;

// A row, and panels of a [5, 20] matrix of bytes before it.
struct net {
  static constexpr graph::graph<16> graph{};
  static constexpr auto plan = [] {
    plan::builder<16> b{};
    const auto matrix = tensor::static_type(s8, 5, 20);
    const auto row = tensor::static_type(bf16, 20);
    const int w = b.add_tensor(0, matrix, plan::place::weight);
    const int v = b.add_tensor(1, row, plan::place::weight);
    const int kept = b.add_tensor(1, row, plan::place::packed);
    const int panels = b.add_panels(0, matrix, plan::place::packed, 4);
    b.p.tensors[kept].offset = 640;
    b.begin_group();
    b.add_copy(1, row, b.whole(v), b.whole(kept));
    b.begin_group();
    plan::stage s =
        b.new_stage(plan::anchor::pack, 0, op::kind{}, tensor::static_type(s8, 1, 20, 5));
    b.push_operand(s, b.whole(w));
    b.begin_program(s);
    b.push_store(s, 0, b.whole(panels));
    b.add_stage(s);
    b.p.prepare_groups = 2;
    return b.p;
  }();
};
using layout = codegen::constant_layout<net>;

constexpr auto packed = codegen::packed_tensors(net::plan);
static_assert(packed.size == 2 && packed.tensor[0] == 3 && packed.tensor[1] == 2);
static_assert(layout::writers_of(3).size == 1 && layout::writers_of(3).stage[0] == 1);

// Two panels of eight rows, and a sum for each of 32 columns.
static_assert(
    std::is_same_v<layout::content<3>, codegen::constant_panels<std::int8_t, 2, 128, 32>>);
static_assert(std::is_same_v<layout::content<2>, codegen::constant_rows<core::bf16, 20>>);
static_assert(sizeof(layout::content<3>) == 2 * 128 + 32 * 4);
static_assert(alignof(layout::content<2>) == tensor::buffer_alignment);

static_assert(!codegen::obstacle_of(net::plan).any);
constexpr auto with_loop = [] {
  auto p = net::plan;
  p.items[0].is_loop = true;
  return p;
}();
constexpr auto with_exp = [] {
  auto p = net::plan;
  p.stages[0].instructions = 1;
  p.instructions[0].kind = op::kind_of<op::exp_op>;
  return p;
}();
static_assert(codegen::obstacle_of(with_loop).any && codegen::obstacle_of(with_loop).is_loop);
static_assert(codegen::obstacle_of(with_exp).operation == op::kind_of<op::exp_op>);

}  // namespace

TEST_CASE("panels lie behind one another without gaps") {
  const layout::content<3> x{};
  CHECK(reinterpret_cast<const char*>(&x.panels[1]) - reinterpret_cast<const char*>(&x) == 128);
  CHECK(reinterpret_cast<const char*>(&x.words) - reinterpret_cast<const char*>(&x) == 256);
}
