// SPDX-License-Identifier: MIT
// Products by weights on bf16.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/pass/to_bf16.hpp>

#include <doctest/doctest.h>

#include <unit/pass/two_layers.hpp>

namespace {

using namespace kiln;

constexpr const auto& net = test::two_layers;

constexpr auto halves = pass::to_bf16(net);
static_assert(pass::adds_nodes<pass::to_bf16_fn>);
static_assert(graph::first_invalid(halves) == -1);
static_assert(graph::same(pass::to_bf16(halves), halves));
static_assert(halves.size <= net.size + pass::to_bf16.room(net));

constexpr int products_of(tensor::dtype element) {
  int found = 0;
  for (int i = 0; i < halves.size; ++i) {
    found += halves[i].is<op::matmul_op>() && halves[i].type.element == element ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("two products by weights, one of inputs") {
  CHECK(products_of(bf16) == 2);
  CHECK(products_of(f32) == 1);
}
