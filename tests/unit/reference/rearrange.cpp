// SPDX-License-Identifier: MIT
// Tests of reference/rearrange.hpp.
#include <kiln/reference/rearrange.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <support/random_graph.hpp>

namespace {

using kiln::graph::node;
using kiln::op::kind_of;
using kiln::reference::elementwise;
using kiln::reference::move_elements;
using kiln::reference::tensor;

template <class Op>
node node_of(const typename Op::attributes& attributes = {}) {
  node n{};
  n.kind = kind_of<Op>;
  n.attributes = kiln::op::encode(attributes);
  return n;
}

TEST_CASE("rearrange: elementwise operands broadcast") {
  const tensor column({2, 1}, {1, 2});
  const tensor row({3}, {10, 20, 30});
  tensor out({2, 3});
  elementwise(node_of<kiln::op::sub_op>(), {&column, &row}, out);
  CHECK(out.value == std::vector<double>{-9, -19, -29, -8, -18, -28});
  CHECK(out.bound[0] > 0);
}

TEST_CASE("rearrange: a user's callable is called, its bound covers f32") {
  node n = node_of<kiln::op::map_op>();
  n.user.call = [](const void*, const double* x) { return x[0] * x[0] - x[1]; };
  const tensor a({2}, {3, 0.1});
  const tensor b({}, {0.01});
  tensor out({2});
  elementwise(n, {&a, &b}, out);
  CHECK(out.value[0] == doctest::Approx(8.99));
  const float x = 0.1F;
  const float single = x * x - 0.01F;
  CHECK(std::fabs(static_cast<double>(single) - out.value[1]) <= out.bound[1]);
  CHECK(out.bound[0] < 2e-5);
}

TEST_CASE("rearrange: a callable that reads its object") {
  node n = node_of<kiln::op::map_vector_op>();
  const double slope = 0.5;
  n.user.object = &slope;
  n.user.call = [](const void* object, const double* x) {
    return x[0] * *static_cast<const double*>(object);
  };
  const tensor a({1}, {3});
  tensor out({1});
  elementwise(n, {&a}, out);
  CHECK(out.value[0] == 1.5);
}

TEST_CASE("rearrange: transpose, slice, concat and reshape move values and bounds") {
  tensor x({2, 3}, {1, 2, 3, 4, 5, 6});
  x.bound[1] = 0.25;
  tensor turned({3, 2});
  move_elements(node_of<kiln::op::transpose_op>(kiln::op::transpose_op::of(1, 0)), {&x}, turned);
  CHECK(turned.value == std::vector<double>{1, 4, 2, 5, 3, 6});
  CHECK(turned.bound[2] == 0.25);
  tensor sliced({2, 2});
  move_elements(node_of<kiln::op::slice_op>({1, 0, 3, 2}), {&x}, sliced);
  CHECK(sliced.value == std::vector<double>{1, 3, 4, 6});
  tensor joined({2, 5});
  move_elements(node_of<kiln::op::concat_op>({1}), {&x, &sliced}, joined);
  CHECK(joined.value == std::vector<double>{1, 2, 3, 1, 3, 4, 5, 6, 4, 6});
  CHECK(joined.bound[1] == 0.25);
  tensor stacked({3, 3});
  const tensor last({1, 3}, {7, 8, 9});
  move_elements(node_of<kiln::op::concat_op>({0}), {&x, &last}, stacked);
  CHECK(stacked.value == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  tensor flat({6});
  move_elements(node_of<kiln::op::reshape_op>(), {&x}, flat);
  CHECK(flat.value == x.value);
}

TEST_CASE("rearrange: an axis of 1 moves like any other") {
  const tensor x({1, 3}, {1, 2, 3});
  tensor turned({3, 1});
  move_elements(node_of<kiln::op::transpose_op>(kiln::op::transpose_op::of(1, 0)), {&x}, turned);
  CHECK(turned.value == x.value);
  const tensor thin({2, 1}, {1, 2});
  tensor sliced({1, 1});
  move_elements(node_of<kiln::op::slice_op>({0, 1, 2, 1}), {&thin}, sliced);
  CHECK(sliced.value == std::vector<double>{2});
}

}  // namespace
