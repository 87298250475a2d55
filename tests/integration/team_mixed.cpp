// SPDX-License-Identifier: MIT
// Chains of which a team shares some layers by columns and the others by rows, of bytes too: the
// bits of one thread, and right ones.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/run_plan.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32;
using kiln::s8;
using kiln::u8;

// The first Apart layers by columns, whatever that costs.
template <int Apart>
struct forced : kiln::settings {
  static constexpr auto moves =
      kiln::plan::moves(kiln::plan::fuse_store,
                        kiln::plan::collapse,
                        kiln::plan::fuse_rows_fn{{.machine = machine, .block = 16, .apart = Apart}},
                        kiln::plan::split_parallel_fn{machine, 0, kiln::plan::shared_axis::columns},
                        kiln::plan::place_scratch);
  static constexpr auto variants = kiln::plan::one_for_all;
};

template <class Net>
constexpr int shared_axis(int group) {
  const auto& p = Net::plan;
  const int first = p.groups[p.prepare_groups + group].first;
  return p.items[first].is_loop ? p.stages[p.items[first + 1].index].slices[0].axis : -1;
}

template <kiln::core::fixed_string Name, kiln::tensor::dtype Element, class K, class N, class X>
constexpr auto layer(const X& x, K k, N n) {
  const auto sums = kiln::cast<f32>(kiln::matmul(x, kiln::weight<Name, s8>(k, n)));
  return kiln::cast<Element>(kiln::relu(sums * 0.00390625F + 3.0F));
}
template <kiln::tensor::dtype Element>
constexpr auto chain = [](auto rows) {
  const auto x = kiln::input<"x", Element>(rows, 200_c);
  const auto h = layer<"w1", Element>(x, 200_c, 450_c);
  return layer<"w3", Element>(layer<"w2", Element>(h, 450_c, 70_c), 70_c, 33_c);
};
constexpr auto of_bytes = chain<u8>(19_c);
// Widths that whole blocks of columns make up on every instruction set.
constexpr auto of_one_row = [] {
  const auto h = layer<"w1", u8>(kiln::input<"x", u8>(1_c, 200_c), 200_c, 1152_c);
  return layer<"w3", u8>(layer<"w2", u8>(h, 1152_c, 384_c), 384_c, 192_c);
}();
constexpr auto of_signed_bytes = chain<s8>(19_c);

constexpr auto of_floats = [] {
  const auto x = kiln::input<"x", f32>(19_c, 90_c);
  const auto h = kiln::relu(kiln::matmul(x, kiln::weight<"w1", f32>(90_c, 450_c)));
  const auto k = kiln::tanh(kiln::matmul(h, kiln::weight<"w2", f32>(450_c, 70_c)));
  return kiln::matmul(k, kiln::weight<"w3", f32>(70_c, 33_c));
}();

using bytes_net = kiln::compile<of_bytes, forced<1>>;
using row_net = kiln::compile<of_one_row, forced<3>>;
using signed_net = kiln::compile<of_signed_bytes, forced<1>>;
using floats_net = kiln::compile<of_floats, forced<1>>;
static_assert(bytes_net::groups == 2 && shared_axis<bytes_net>(0) == 1);
static_assert(shared_axis<bytes_net>(1) == 0, "the layers behind it by rows, as one group");
static_assert(row_net::groups == 3 && shared_axis<row_net>(0) == 1);
static_assert(shared_axis<row_net>(1) == 1 && shared_axis<row_net>(2) == 1);
static_assert(signed_net::groups == 2 && shared_axis<signed_net>(0) == 1);
static_assert(floats_net::groups == 2 && shared_axis<floats_net>(0) == 1);

template <class Net>
void check() {
  kiln::codegen::require_units(Net::plan);
  for (const unsigned seed : {1U, 2U}) kiln::test::check_plan_with_teams<Net>(seed);
}

}  // namespace

TEST_CASE("bytes: a layer by columns, the others by rows") { check<bytes_net>(); }
TEST_CASE("bytes: one row, each layer by columns") { check<row_net>(); }
TEST_CASE("signed bytes: what corrects their sums is cut with the columns") { check<signed_net>(); }
TEST_CASE("floats: a layer by columns, the others by rows") { check<floats_net>(); }
