// SPDX-License-Identifier: MIT
// How a convolution reads an image on a matrix unit: every result of a block of lines at one
// distance from the one before, so that any sixteen of them are the rows of a tile.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/tensor/dtype.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/line_stack.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::tensor {

/// One axis of an image, every `stride`-th element of which is a plane of its own: there each step
/// of a window is the next element. A window of one tap needs one plane only.
struct tiled_axis final {
  std::int64_t planes = 1;
  std::int64_t taps = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t before = 0;
  std::int64_t extent = 0;  // of the image
  std::int64_t steps = 0;   // results

  template <class Window>
  constexpr tiled_axis(const Window& w, std::int64_t image, std::int64_t results)
      : planes(w.taps == 1 ? 1 : w.stride),
        taps(w.taps),
        stride(w.stride),
        dilation(w.dilation),
        before(w.before),
        extent(image),
        steps(results) {}
  /// One of lines in stacks: those of a step are one element, of one plane.
  [[nodiscard]] constexpr tiled_axis of_stacks(const line_stack& stack) const {
    tiled_axis r = *this;
    if (stack.lines == 1) return r;
    r.planes = 1;
    r.taps = stack.rows(taps);
    r.dilation = stride;
    return r;
  }

  /// The plane in which a tap finds its elements, and how far from that of tap 0's plane.
  [[nodiscard]] constexpr std::int64_t plane(std::int64_t tap) const {
    return tap * dilation % stride;
  }
  [[nodiscard]] constexpr std::int64_t distance(std::int64_t tap) const {
    return tap * dilation / stride;
  }
  /// Elements of a plane that some results see; none if no tap is there.
  [[nodiscard]] constexpr std::int64_t kept(std::int64_t p, std::int64_t results) const {
    std::int64_t most = -1;
    for (std::int64_t t = 0; t < taps; ++t) {
      if (plane(t) == p) most = std::max(most, distance(t));
    }
    return most < 0 ? 0 : results + most;
  }
  /// Where element i of a plane lies in the image, and which of `count` are the first that lies in
  /// it and the first behind it.
  [[nodiscard]] constexpr std::int64_t at(std::int64_t p, std::int64_t i) const {
    return i * stride + p - before;
  }
  [[nodiscard]] constexpr std::int64_t first_inside(std::int64_t p, std::int64_t count) const {
    return std::min(count, core::ceil_div(std::max<std::int64_t>(0, before - p), stride));
  }
  [[nodiscard]] constexpr std::int64_t end_inside(std::int64_t p, std::int64_t count) const {
    const std::int64_t left = std::max<std::int64_t>(0, extent + before - p);
    return std::max(first_inside(p, count), std::min(count, core::ceil_div(left, stride)));
  }
};

/// The planes of a block of lines: down.planes times across.planes of them, in each of which pixels
/// follow one another, and lines every `pitch` pixels. The padding behind a line is the one before
/// the next where both are wide enough.
struct tiled_lines final {
  tiled_axis down;
  tiled_axis across;
  std::int64_t pixel = 0;    // bytes
  std::int64_t pitch = 0;    // pixels
  std::int64_t reach = 0;    // lines of a plane beyond those of the results
  std::int64_t extra = 0;    // pixels behind the last line
  std::int64_t stacked = 0;  // pixels of the image, and its padding, in a line of stacked ones

  constexpr tiled_lines(const tiled_axis& lines, const tiled_axis& pixels, std::int64_t pixel_bytes)
      : down(lines),
        across(pixels),
        pixel(core::round_up(pixel_bytes, std::int64_t{line_bytes})) {
    if (crowds(pixel)) pixel += line_bytes;
    std::int64_t width = 0;
    for (std::int64_t p = 0; p < across.planes; ++p) {
      const std::int64_t kept = across.kept(p, across.steps);
      const std::int64_t behind = kept - across.end_inside(p, kept);
      width = std::max(width, kept);
      pitch = std::max(pitch, kept - std::min(behind, across.first_inside(p, kept)));
    }
    extra = width - pitch;
    reach = lines_beyond();
  }

  /// Of stacked lines, which are one plane across: a pixel here is what lies between two results,
  /// and holds `stride` pixels of the stack.
  constexpr tiled_lines(const tiled_axis& lines,
                        const tiled_axis& pixels,
                        const line_stack& stack,
                        std::int64_t elem_bytes)
      : down(lines.of_stacks(stack)),
        across(pixels),
        pixel(stack.pixel * elem_bytes * pixels.stride),
        stacked((pixels.steps - 1) * pixels.stride + pixels.taps) {
    across.planes = across.taps = 1;
    const std::int64_t front = std::clamp<std::int64_t>(pixels.before, 0, stacked);
    const std::int64_t behind = std::max<std::int64_t>(0, stacked - pixels.before - pixels.extent);
    pitch = core::ceil_div(stacked - std::min(front, behind), pixels.stride);
    extra = pixels.steps - 1 + core::ceil_div(stack.run * elem_bytes, pixel) - pitch;
    reach = lines_beyond();
  }

  [[nodiscard]] constexpr std::int64_t plane_bytes(std::int64_t lines) const {
    return ((lines + reach) * pitch + extra) * pixel;
  }
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t lines) const {
    return down.planes * across.planes * plane_bytes(lines);
  }
  /// Pixels from the first result of some lines to behind the last one, those between lines too.
  [[nodiscard]] constexpr std::int64_t positions(std::int64_t lines) const {
    return (lines - 1) * pitch + across.steps;
  }
  /// Lines of results in each block, of which nearly equal ones have at most so many bytes, or one
  /// line.
  [[nodiscard]] constexpr std::int64_t block(std::int64_t most_bytes) const {
    const std::int64_t all = std::max<std::int64_t>(1, down.steps);
    std::int64_t blocks = 1;
    while (blocks < all && bytes(core::ceil_div(all, blocks)) > most_bytes) ++blocks;
    return core::ceil_div(all, blocks);
  }

 private:
  [[nodiscard]] constexpr std::int64_t lines_beyond() const {
    std::int64_t most = 0;
    for (std::int64_t p = 0; p < down.planes; ++p) most = std::max(most, down.kept(p, 0));
    return most;
  }
};

/// Whether a matrix unit multiplies such numbers: pairs of bf16, or bytes.
constexpr bool has_matrix_products(factors x) {
  const bool pairs = x.a == dtype::bf16 && x.b == dtype::bf16;
  return pairs || (size_of(x.a) == 1 && x.b == dtype::s8);
}

/// The most taps of a window on the matrix unit.
inline constexpr std::int64_t most_tiled_taps = 128;

/// Whether a convolution of these lines runs on the matrix unit. `run` counts the elements of a
/// pixel that a filter sees.
///
/// In the time in which vectors do one product, tiles do 8 of bytes and 16 of pairs of bf16; but
/// of what tiles do, only words / 16 in each row and results / (16 tiles) in each tile count, both
/// together `useful` / 256. Twice of what makes both equal pays for copying lines and for blocks
/// that are not full.
constexpr bool uses_matrix(const core::target& machine,
                           factors x,
                           const tiled_lines& lines,
                           std::int64_t run) {
  const bool pairs = x.a == dtype::bf16 && x.b == dtype::bf16;
  if (!machine.tiles || !has_matrix_products(x)) return false;
  const std::int64_t together = pairs ? 2 : 4;
  if (run % together != 0 || lines.down.steps <= 0 || lines.across.steps <= 0) return false;
  if (lines.down.taps * lines.across.taps > most_tiled_taps) return false;
  const std::int64_t tiles = core::ceil_div(lines.positions(lines.down.steps), matrix_rows);
  const std::int64_t results = lines.down.steps * lines.across.steps;
  const std::int64_t useful = even_words(run / together) * results / tiles;
  return useful >= 2 * 256 / (pairs ? 16 : 8);
}

/// How a convolution stacks the lines of its images: none, or as many as a step down takes,
/// whichever takes fewer steps of tiles. It does not where taps that are runs of their own take
/// about as few, or vectors less time. `plain` are its lines without stacks.
///
/// In the time of a step of tiles, which is of use to sixteen results, vectors take two words of
/// bytes or one of pairs of bf16. Half as much again pays for copying lines and for blocks that are
/// not full.
constexpr line_stack stack_of(const core::target& machine,
                              factors x,
                              const tiled_lines& plain,
                              std::int64_t channels,
                              std::int64_t groups) {
  const bool pairs = x.a == dtype::bf16 && x.b == dtype::bf16;
  const tiled_axis &down = plain.down, &across = plain.across;
  if (!machine.tiles || !has_matrix_products(x)) return {};
  if (down.steps <= 0 || across.steps <= 0) return {};
  if (!merges_taps(channels, across.taps, across.dilation, groups)) return {};
  const std::int64_t together = pairs ? 2 : 4;
  const auto steps = [&](const line_stack& s) { return s.rows(down.taps) * s.steps; };
  line_stack best = stack_lines(1, channels, across.taps, together);
  if (!pairs && down.stride > 1 && down.stride <= most_stacked_lines && down.dilation == 1) {
    const auto several = stack_lines(down.stride, channels, across.taps, together);
    if (steps(several) < steps(best)) best = several;
  }
  if (best.rows(down.taps) > most_tiled_taps) return {};
  if (uses_matrix(machine, x, plain, channels)) {
    const std::int64_t words = channels / together;
    const std::int64_t plain_steps = down.taps * across.taps * (words / even_words(words));
    return 5 * steps(best) <= 4 * plain_steps ? best : line_stack{};
  }
  const tiled_lines lines(down, across, best, pairs ? 2 : 1);
  const std::int64_t tiles = core::ceil_div(lines.positions(down.steps), matrix_rows);
  const std::int64_t words = down.taps * core::ceil_div(channels * across.taps, together);
  const std::int64_t results = down.steps * across.steps;
  const bool pays = words * (pairs ? 2 : 1) * results >= 3 * steps(best) * matrix_rows * tiles;
  return pays ? best : line_stack{};
}

}  // namespace kiln::tensor
