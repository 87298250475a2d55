// SPDX-License-Identifier: MIT
// Tests of op/window.hpp.
#include <kiln/op/window.hpp>

#include <doctest/doctest.h>

#include <support/shape_rule.hpp>

namespace {

using kiln::op::steps_of;
using kiln::test::dim;
using kiln::test::dynamic;
using kiln::test::mistake;

static_assert(steps_of(dim{5}, {3, 1, 1, 0, 0}).count == dim{3});
static_assert(steps_of(dim{5}, {3, 1, 2, 0, 0}).count == dim{1});
static_assert(steps_of(dim{5}, {3, 2, 1, 1, 1}).count == dim{3});
static_assert(steps_of(dim{224}, {7, 2, 1, 3, 3}).count == dim{112});
static_assert(steps_of(dim{5}, {3, 1, 1, 2, 0}).count == dim{5});  // causal

static_assert(steps_of(dim{5}, {0, 1, 1, 0, 0}).what == mistake::wrong_size);
static_assert(steps_of(dim{4}, {3, 1, 2, 0, 0}).what == mistake::wrong_size);
static_assert(steps_of(dim{5}, {3, 0, 1, 0, 0}).what == mistake::wrong_stride);
static_assert(steps_of(dim{5}, {3, 1, 0, 0, 0}).what == mistake::wrong_stride);
static_assert(steps_of(dim{5}, {3, 1, 1, -1, 0}).what == mistake::wrong_pad);
static_assert(steps_of(dim{5}, {3, 1, 1, 0, 3}).what == mistake::wrong_pad);

// A dynamic extent keeps its symbol where the formula gives it for every value.
static_assert(steps_of(dynamic(0), {3, 1, 1, 1, 1}).count == dynamic(0));
static_assert(steps_of(dynamic(0), {1, 1, 1, 0, 0}).count == dynamic(0));
static_assert(steps_of(dynamic(0, 4), {3, 2, 1, 1, 1}).count == dynamic(0, 2));
static_assert(steps_of(dynamic(0, 3), {3, 2, 1, 1, 1}).what == mistake::dynamic_extent);
static_assert(steps_of(dynamic(0), {3, 1, 1, 0, 0}).what == mistake::dynamic_extent);

TEST_CASE("window: a dynamic extent's count is that of each of its values") {
  int found = 0;
  for (int taps = 1; taps <= 5; ++taps) {
    for (int stride = 1; stride <= 3; ++stride) {
      for (int pad = 0; pad < taps * taps; ++pad) {
        const kiln::op::window w{taps, stride, 1, pad % taps, pad / taps};
        const auto open = steps_of(dynamic(0, 6), w);
        if (open.what != mistake::none) continue;
        ++found;
        for (int n = 1; n <= 4; ++n) {
          CHECK(steps_of(dim{6 * n}, w).count.factor == open.count.factor * n);
        }
      }
    }
  }
  CHECK(found > 20);
}

}  // namespace
