// SPDX-License-Identifier: MIT
// Plans and kernels take the same numbers from one place.
#include <kiln/kernel/conv2d/depthwise.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/plan/node_values.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/tile.hpp>

#include <doctest/doctest.h>

namespace tensor = kiln::tensor;
using kiln::kernel::conv2d::window;

static_assert(kiln::kernel::gemm::panel == tensor::panel_columns);
static_assert(kiln::plan::panel_columns == tensor::panel_columns);
static_assert(tensor::crowds(0) && tensor::crowds(8192)
              && !tensor::crowds(8192 + tensor::line_bytes));
static_assert(tensor::merges_taps(85, 3, 1, 1) && !tensor::merges_taps(86, 3, 1, 1));
static_assert(!tensor::merges_taps(3, 3, 2, 1) && !tensor::merges_taps(3, 3, 1, 3));
static_assert(!tensor::merges_taps(3, 1, 1, 1));

static_assert(tensor::fits_depthwise_tile(window{.taps = 7, .stride = 4, .dilation = 2}));
static_assert(!tensor::fits_depthwise_tile(window{.taps = 8}));
static_assert(!tensor::fits_depthwise_tile(window{.taps = 3, .stride = 5}));
static_assert(!tensor::fits_depthwise_tile(window{.taps = 3, .dilation = 9}));

TEST_CASE("a window that the plan leaves to depthwise tiles has one") {
  for (int taps = 1; taps <= 9; ++taps) {
    for (int stride = 1; stride <= 6; ++stride) {
      for (int dilation = 1; dilation <= 18; ++dilation) {
        kiln::op::window w{};
        w.taps = taps;
        w.stride = stride;
        w.dilation = dilation;
        const window same{.taps = taps, .stride = stride, .dilation = dilation};
        const kiln::kernel::conv2d::sizes s{1, 99, 99, 4, 4, 1, 1, same, same, 4};
        CHECK(kiln::plan::is_small(w) == kiln::kernel::conv2d::has_depthwise_tiles(s));
      }
    }
  }
}
