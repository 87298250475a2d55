// SPDX-License-Identifier: MIT
// Tests kiln/tensor/line_stack.hpp: how runs fill steps.
#include <kiln/tensor/line_stack.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::tensor;

// Words beyond one step share steps evenly; of bytes the last one is filled up with zeros.
static_assert(stack_lines(1, 3, 7, 4) == line_stack{1, 3, 6, 1, 24});
static_assert(stack_lines(1, 22, 3, 4) == line_stack{1, 22, 9, 2, 72});
static_assert(stack_lines(4, 3, 11, 4) == line_stack{4, 12, 11, 3, 132});
// Runs of pairs end with whole words and whole steps.
static_assert(stack_lines(1, 1, 7, 2) == line_stack{1, 2, 7, 1, 14});
static_assert(stack_lines(1, 3, 16, 2) == line_stack{1, 3, 12, 2, 48});
static_assert(stack_lines(1, 3, 11, 2) == line_stack{1, 4, 11, 2, 44});
static_assert(stack_lines(1, 2, 17, 2) == line_stack{1, 2, 1, 17, 34});

static_assert(stack_lines(2, 3, 7, 4).rows(7) == 4 && stack_lines(1, 3, 7, 4).rows(7) == 7);

}  // namespace

TEST_CASE("every run holds all its taps") {
  for (int lines = 1; lines <= most_stacked_lines; ++lines) {
    for (int channels = 1; channels < 20; ++channels) {
      for (int taps = 2; taps < 12; ++taps) {
        for (const int together : {2, 4}) {
          const line_stack s = stack_lines(lines, channels, taps, together);
          const bool holds = s.pixel >= lines * channels && s.run >= taps * s.pixel
                             && s.run == s.steps * s.words * together && s.words <= matrix_words;
          CAPTURE(channels);
          CAPTURE(taps);
          CHECK(holds);
          if (together == 2) CHECK(s.run == taps * s.pixel);
        }
      }
    }
  }
}
