// SPDX-License-Identifier: MIT
// Strides of tensors by who owns them.
#include <kiln/plan/placed_tensor.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using plan::stride;

constexpr plan::placed_tensor callers = [] {
  plan::placed_tensor t{};
  t.type = tensor::static_type(f32, 2, 3, 4);
  return t;
}();
constexpr plan::placed_tensor padded = [] {
  plan::placed_tensor t = callers;
  t.row_stride = 8;
  return t;
}();

static_assert(stride_of(callers, 2) == stride{1, 0});
static_assert(stride_of(callers, 1) == stride{1, 1});
static_assert(stride_of(callers, 0) == stride{3, 1});
static_assert(stride_of(padded, 0) == stride{24, 0});
static_assert(stride{2, 1} * tensor::dim{3, tensor::product_of(0)}
              == stride{6, 1, tensor::product_of(0)});

}  // namespace

TEST_CASE("a dynamic extent is part of the strides outside of it") {
  plan::placed_tensor t = padded;
  t.type[1] = {1, tensor::product_of(2)};
  CHECK(stride_of(t, 1) == stride{8, 0});
  CHECK(stride_of(t, 0) == stride{8, 0, tensor::product_of(2)});
}
