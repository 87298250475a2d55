// SPDX-License-Identifier: MIT
// Tests kiln/codegen/form.hpp.
#include <kiln/codegen/form.hpp>
#include <kiln/plan/schedule.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using codegen::crossing;

constexpr auto layer = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(f32, 32, 24));
  const int w = b.weight("w", tensor::static_type(f32, 24, 40));
  const int bias = b.weight("b", tensor::static_type(f32, 40));
  const int half = b.constant(0.5F);
  const int sum = b.add<op::add_op>({b.add<op::matmul_op>({x, w}), bias});
  b.output(b.add<op::mul_op>({sum, half}));
  return b.build();
}();
constexpr auto scheduled = plan::schedule(layer);
constexpr int last = scheduled.stages.size - 1;
constexpr auto form = codegen::form_of(scheduled, layer, last);

static_assert(form.kind == plan::anchor::matmul && form.rank == 3 && form.kept == 2);
static_assert(form.operands == 2 && form.loads == 2 && form.instructions == 2 && form.stores == 1);
static_assert(form.load(0).inner == crossing::contiguous && !form.load(0).rows);  // the bias
static_assert(form.load(1).inner == crossing::broadcast && !form.load(1).rows);   // the constant
static_assert(form.store(0).inner == crossing::contiguous && form.store(0).rows);
static_assert(form.product.form == kernel::gemm::a_form::k_contiguous && !form.ragged);

constexpr auto column = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(f32, 6, 9));
  b.output(b.add<op::exp_op>({b.add<op::transpose_op>({x}, op::transpose_op::of(1, 0))}));
  return b.build();
}();
constexpr auto of_column = plan::schedule(column);
constexpr auto strided = codegen::form_of(of_column, column, of_column.stages.size - 1);
static_assert(strided.load(0).inner == crossing::strided);

// A cast whose only reader is a store of its type: storing rounds, the cast need not.
template <tensor::dtype To, bool Shown>
constexpr auto rounded = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(f32, 6, 9));
  const int y = b.add<op::cast_op>({b.add<op::relu_op>({x})}, op::cast_op::to(To));
  b.output(y, "y");
  // The cast's value, widened: that is another one than what it was given.
  if (Shown) b.output(b.add<op::cast_op>({y}, op::cast_op::to(f32)), "z");
  return b.build();
}();
template <tensor::dtype To, bool Shown>
constexpr auto form_of_rounded = [] {
  constexpr auto p = plan::schedule(rounded<To, Shown>);
  return codegen::form_of(p, rounded<To, Shown>, p.stages.size - 1);
}();
constexpr auto only_stored = form_of_rounded<u8, false>;
static_assert(only_stored.instructions == 2);
static_assert(only_stored.stored[0] == only_stored.first_result());
constexpr auto also_shown = form_of_rounded<bf16, true>;
static_assert(also_shown.stores == 2 && also_shown.stored[0] == also_shown.first_result());
static_assert(also_shown.stored[1] > also_shown.first_result());

}  // namespace

TEST_CASE("a form does not tell which nodes it is for") {
  for (int i = 0; i < form.instructions; ++i)
    CHECK(form.lines[static_cast<std::size_t>(i)].node == -1);
}
