// SPDX-License-Identifier: MIT
// How few channels fill steps of a matrix unit: the taps of a window's row are one run of k, and
// the pixels of several lines may lie side by side in it.
#pragma once

#include <kiln/core/int_math.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::tensor {

/// Rows of a tile, words of four bytes in each, and what that is in bytes.
inline constexpr std::int64_t matrix_rows = 16;
inline constexpr std::int64_t matrix_words = 16;

/// Words that every step along k takes of a run of neighbouring elements: as many as fill steps
/// evenly, so that no step has a rest. A run of 20 words takes two steps of ten.
///
/// @law  run_words % even_words(run_words) == 0
constexpr std::int64_t even_words(std::int64_t run_words) {
  std::int64_t steps = std::max<std::int64_t>(1, core::ceil_div(run_words, matrix_words));
  while (run_words % steps != 0) ++steps;
  return run_words / steps;
}

static_assert(even_words(32) == 16 && even_words(20) == 10 && even_words(17) == 1);

/// The most lines of a stack.
inline constexpr std::int64_t most_stacked_lines = 4;

/// Lines of an image side by side in each pixel of a run. Seven taps over three channels of bytes
/// are 6 of the 16 words that a step could take, those of two lines 11.
struct line_stack final {
  std::int32_t lines = 0;  // 0: not on the matrix unit, or every tap is a run of its own
  std::int32_t pixel = 0;  // elements from a pixel to the next
  std::int32_t words = 0;  // of four bytes, in a step
  std::int32_t steps = 0;  // of a run
  std::int32_t run = 0;    // elements in those

  friend constexpr bool operator==(const line_stack&, const line_stack&) = default;

  /// Runs along k.
  [[nodiscard]] constexpr std::int64_t rows(std::int64_t taps_down) const {
    return core::ceil_div(taps_down, std::int64_t{lines});
  }
};

/// A stack of so many lines, of elements of which `together` are a word.
///
/// What a run reads behind its last pixel meets weights of 0. That says nothing of bytes, but of
/// floats, among which infinity may be: runs of pairs end with a whole step, and with a pixel that
/// is filled up with zeros if need be.
constexpr line_stack stack_lines(std::int64_t lines,
                                 std::int64_t channels,
                                 std::int64_t taps_across,
                                 std::int64_t together) {
  const bool pairs = together == 2;
  std::int64_t pixel = lines * channels;
  if (pairs && pixel * taps_across % 2 != 0) ++pixel;
  const std::int64_t all = core::ceil_div(pixel * taps_across, together);
  const std::int64_t steps = pairs ? all / even_words(all) : core::ceil_div(all, matrix_words);
  const std::int64_t words = core::ceil_div(all, steps);
  return {.lines = static_cast<std::int32_t>(lines),
          .pixel = static_cast<std::int32_t>(pixel),
          .words = static_cast<std::int32_t>(words),
          .steps = static_cast<std::int32_t>(steps),
          .run = static_cast<std::int32_t>(words * steps * together)};
}

static_assert(stack_lines(2, 3, 7, 4) == line_stack{2, 6, 11, 1, 44});
static_assert(stack_lines(1, 3, 7, 2) == line_stack{1, 4, 14, 1, 28});

}  // namespace kiln::tensor
