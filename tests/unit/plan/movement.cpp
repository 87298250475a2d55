// SPDX-License-Identifier: MIT
// Transposes, slices and reshapes as views.
#include <kiln/plan/movement.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using plan::stride;
using plan::view;
using tensor::static_type;

constexpr tensor::dim batch{1, tensor::product_of(0)};

// A caller's tensor: rows are apart as far as the caller says.
constexpr view rows_of(const tensor::tensor_type& type) {
  view v = plan::dense_view(0, type);
  for (int i = 0; i + 1 < type.rank; ++i) {
    v[i] = {v[i].factor / type.back().factor, 1, v[i].symbols};
  }
  return v;
}

constexpr auto turned = plan::transposed(plan::dense_view(0, static_type(f32, 2, 3)), {{1, 0}});
static_assert(turned[0].factor == 1 && turned[1].factor == 3);

constexpr auto part = plan::sliced(plan::dense_view(0, static_type(f32, 4, 6)), {1, 2, 6, 2});
static_assert(part.start == 2 && part[1].factor == 2 && part[0].factor == 6);

constexpr auto rows_part = plan::sliced(rows_of(static_type(f32, 4, 6)), {0, 3, 4, 1});
static_assert(rows_part.start == 0 && rows_part.start_rows == 3);

}  // namespace

TEST_CASE("a dense tensor takes any shape") {
  view r{};
  const auto from = static_type(f32, 4, 6);
  CHECK(plan::reshaped(plan::dense_view(0, from), from, static_type(f32, 2, 12), r));
  CHECK(r[0].factor == 12);
  CHECK(r[1].factor == 1);
}

TEST_CASE("padded rows keep their columns") {
  view r{};
  const auto from = static_type(f32, 2, 3, 4);
  CHECK(plan::reshaped(rows_of(from), from, static_type(f32, 6, 4), r));
  CHECK(r[0] == stride{1, 1});
  CHECK_FALSE(plan::reshaped(rows_of(from), from, static_type(f32, 2, 12), r));
}

TEST_CASE("padded rows are divided, and runs of them joined") {
  view r{};
  const auto from = static_type(f32, 2, 3, 12);
  CHECK(plan::reshaped(rows_of(from), from, static_type(f32, 6, 2, 6), r));
  CHECK(r[0] == stride{1, 1});
  CHECK(r[1] == stride{6, 0});
  CHECK(r[2] == stride{1, 0});
  CHECK_FALSE(plan::reshaped(rows_of(from), from, static_type(f32, 9, 8), r));
}

TEST_CASE("axes are joined and divided around a dynamic one") {
  auto from = static_type(f32, 1, 4, 6);
  from[0] = batch;
  auto to = static_type(f32, 1, 2, 12);
  to[0] = batch;
  view r{};
  CHECK(plan::reshaped(plan::dense_view(0, from), from, to, r));
  CHECK(r[0].factor == 24);
  CHECK(r[1].factor == 12);
  to = static_type(f32, 4, 1, 6);  // not in this order
  to[1] = batch;
  CHECK_FALSE(plan::reshaped(rows_of(from), from, static_type(f32, 24), r));
  CHECK(plan::reshaped(rows_of(from), from, to, r));
  CHECK(r[0] == stride{1, 1, tensor::product_of(0)});
}

TEST_CASE("what is turned is joined where one stride crosses it") {
  const auto from = static_type(f32, 4, 2, 3), turned_type = static_type(f32, 3, 4, 2);
  const view v = plan::transposed(plan::dense_view(0, from), {{2, 0, 1}});
  view r{};
  CHECK(plan::reshaped(v, turned_type, static_type(f32, 3, 8), r));
  CHECK(r[0].factor == 1);
  CHECK(r[1].factor == 3);
  CHECK_FALSE(plan::reshaped(v, turned_type, static_type(f32, 12, 2), r));
}

TEST_CASE("inputs that are flattened have no gaps") {
  const auto flattened = [](const tensor::tensor_type& from, const tensor::tensor_type& to) {
    test::graph_builder<8> b;
    const int x = b.input("x", from);
    b.output(b.add<op::relu_op>({b.reshape(x, to)}));
    return plan::is_flattened(b.build(), x);
  };
  CHECK(flattened(static_type(f32, 2, 3, 4), static_type(f32, 2, 12)));
  CHECK(flattened(static_type(f32, 4, 3), static_type(f32, 2, 6)));
  CHECK_FALSE(flattened(static_type(f32, 2, 3, 4), static_type(f32, 6, 4)));
  CHECK_FALSE(flattened(static_type(f32, 2, 12), static_type(f32, 2, 3, 4)));
  CHECK_FALSE(flattened(static_type(f32, 12), static_type(f32, 3, 4)));
  CHECK_FALSE(flattened(static_type(f32, 1, 1, 12), static_type(f32, 12)));
  auto open = static_type(f32, 3, 1);  // rows as long as run says
  open[1] = batch;
  CHECK_FALSE(flattened(open, {f32, 1, {open.elems()}}));
}

TEST_CASE("an axis of extent 1 does not hide the padding") {
  view r{};
  const auto from = static_type(f32, 2, 1, 4);
  CHECK(plan::reshaped(rows_of(from), from, static_type(f32, 2, 4), r));
  CHECK(r[0] == stride{1, 1});
  CHECK_FALSE(plan::reshaped(rows_of(from), from, static_type(f32, 8), r));
}

TEST_CASE("starts that are multiples of a dynamic unit are rows") {
  auto type = static_type(f32, 6, 1, 3);
  type[1] = batch;
  CHECK(plan::elems_after(type, 0) == tensor::dim{3, tensor::product_of(0)});
  const auto units = plan::in_units(type, plan::elems_after(type, 0));
  CHECK(units.rank == 2);
  CHECK(units[0] == tensor::dim{6});
  CHECK(units[1] == tensor::dim{3, tensor::product_of(0)});
  CHECK_FALSE(plan::can_slice(plan::dense_view(0, type), {0, 1, 2, 1}));
  CHECK(plan::can_slice(plan::dense_view(0, type), {2, 1, 2, 1}));
}

TEST_CASE("axes of extent 1 come and go") {
  const auto three = static_type(f32, 2, 3, 4), four = static_type(f32, 2, 1, 3, 4);
  const view v = plan::with_ones(rows_of(three), three, four);
  CHECK(v == rows_of(four));
  CHECK(plan::with_ones(v, four, three) == rows_of(three));
  const auto one = static_type(f32, 1, 3, 4), ones = static_type(f32, 1, 1, 3, 4);
  CHECK(plan::with_ones(rows_of(one), one, ones) == rows_of(ones));
  view columns = rows_of(three);  // broadcast along rows
  columns[0] = columns[1] = {};
  const view wide = plan::with_ones(columns, three, four);
  CHECK(wide[3].factor == 1);
  for (int i = 0; i < 3; ++i) CHECK(wide[i].factor == 0);
}
