// SPDX-License-Identifier: MIT
// Tests kiln/tensor/tiled_lines.hpp: where taps find their pixels, and when tiles pay.
#include <kiln/tensor/tiled_lines.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace {

using namespace kiln::tensor;

struct window final {
  int taps = 1, stride = 1, dilation = 1, before = 0;
};
constexpr window three{.taps = 3, .before = 1};
constexpr window halving{.taps = 3, .stride = 2, .before = 1};
constexpr window skipping{.stride = 2};

constexpr tiled_lines lines_of(const window& w, int image, int results, int pixel_bytes) {
  return {tiled_axis(w, image, results), tiled_axis(w, image, results), pixel_bytes};
}

// One pixel of padding serves the end of a line and the start of the next.
constexpr auto same = lines_of(three, 28, 28, 128);
static_assert(same.pitch == 29 && same.extra == 1 && same.reach == 2 && same.pixel == 128);
static_assert(same.positions(28) == 27 * 29 + 28);
static_assert(same.bytes(28) == (30 * 29 + 1) * 128);
// Every other line and pixel: no step leaves out what others need.
constexpr auto half = lines_of(halving, 56, 28, 128);
static_assert(half.down.planes == 2 && half.across.planes == 2 && half.pitch == 29);
static_assert(half.across.plane(2) == 0 && half.across.distance(2) == 1);
static_assert(half.across.plane(1) == 1 && half.across.distance(1) == 0);
static_assert(half.across.kept(0, 28) == 29 && half.across.kept(1, 28) == 28);
// One tap: what is left out is not kept, and nothing is between lines.
constexpr auto one = lines_of(skipping, 14, 7, 2048);
static_assert(one.down.planes == 1 && one.pitch == 7 && one.reach == 0 && one.extra == 0);
static_assert(one.positions(7) == 49 && one.across.at(0, 3) == 6);
// Pixels are whole lines of a cache, and do not crowd it.
static_assert(lines_of(three, 8, 8, 80).pixel == 128);
static_assert(lines_of(three, 8, 8, 4096).pixel == 4096 + 64);

constexpr kiln::core::target machine(bool tiles) {
  kiln::core::target t = kiln::core::native;
  t.tiles = tiles;
  return t;
}
constexpr auto with_tiles = machine(true);
constexpr auto without_tiles = machine(false);
constexpr factors pairs{dtype::bf16, dtype::bf16};
constexpr factors bytes{dtype::u8, dtype::s8};
static_assert(uses_matrix(with_tiles, pairs, same, 64) && uses_matrix(with_tiles, bytes, same, 64));
static_assert(!uses_matrix(without_tiles, pairs, same, 64));
static_assert(!uses_matrix(with_tiles, {dtype::f32, dtype::f32}, same, 64));
static_assert(!uses_matrix(with_tiles, {dtype::f32, dtype::bf16}, same, 64));
// Neighbours that fill no word, words that fill no step, results that fill no tile.
static_assert(!uses_matrix(with_tiles, bytes, same, 66));
static_assert(!uses_matrix(with_tiles, bytes, same, 17 * 4));
static_assert(!uses_matrix(with_tiles, bytes, lines_of({}, 1, 1, 64), 64));
static_assert(!uses_matrix(with_tiles, bytes, lines_of({.taps = 17}, 40, 24, 64), 64));

// First layers: bytes stack as many lines as a step down takes, pairs of bf16 one.
constexpr window seven{.taps = 7, .stride = 2, .before = 3};
constexpr auto first = lines_of(seven, 224, 112, 3);
static_assert(stack_of(with_tiles, bytes, first, 3, 1) == stack_lines(2, 3, 7, 4));
static_assert(stack_of(with_tiles, pairs, first, 3, 1) == stack_lines(1, 3, 7, 2));
constexpr line_stack none{};
static_assert(stack_of(without_tiles, bytes, first, 3, 1) == none);
static_assert(stack_of(with_tiles, {dtype::f32, dtype::f32}, first, 3, 1) == none);
static_assert(stack_of(with_tiles, bytes, first, 3, 3) == none, "each filter sees one channel");
// Lines of a step have to be neighbours, and no more than four.
constexpr window apart{.taps = 5, .stride = 2, .dilation = 2};
constexpr tiled_lines distant{tiled_axis(apart, 224, 108), tiled_axis(seven, 224, 112), 3};
static_assert(stack_of(with_tiles, bytes, distant, 3, 1).lines == 1);
constexpr window eight{.taps = 8, .stride = 8};
static_assert(stack_of(with_tiles, bytes, lines_of(eight, 224, 28, 3), 3, 1).lines == 1);
// Taps that fill steps by themselves, results that fill no tile, more rows than tiles take.
static_assert(stack_of(with_tiles, bytes, lines_of(three, 28, 28, 64), 64, 1) == none);
static_assert(stack_of(with_tiles, bytes, lines_of(three, 28, 28, 16), 16, 1).lines == 1);
static_assert(stack_of(with_tiles, bytes, lines_of({}, 1, 1, 3), 3, 1) == none);
constexpr window tall{.taps = most_tiled_taps + 1};
constexpr tiled_lines column{tiled_axis(tall, 400, 272), tiled_axis(seven, 224, 112), 3};
static_assert(stack_of(with_tiles, bytes, column, 3, 1) == none);

}  // namespace

TEST_CASE("blocks of lines are nearly equal and fit") {
  for (std::int64_t most = 1; most < same.bytes(28) + 128; most += 1000) {
    const std::int64_t lines = same.block(most);
    CHECK((lines == 1 || same.bytes(lines) <= most));
    // The bytes of a block lead to the same block.
    CHECK(same.block(same.bytes(lines)) == lines);
  }
  CHECK(same.block(same.bytes(28)) == 28);
  CHECK(same.block(same.bytes(28) - 1) == 14);
}

TEST_CASE("elements of planes lie where taps look for them") {
  for (const window& w : {window{},
                          three,
                          halving,
                          skipping,
                          window{.taps = 5, .stride = 3},
                          window{.taps = 3, .stride = 2, .dilation = 3, .before = 4}}) {
    constexpr int image = 23;
    const int results = (image + 2 * w.before - (w.taps - 1) * w.dilation - 1) / w.stride + 1;
    const tiled_axis axis(w, image, results);
    for (std::int64_t t = 0; t < w.taps; ++t) {
      const std::int64_t p = axis.plane(t), kept = axis.kept(p, results);
      CHECK(p < axis.planes);
      for (std::int64_t i = 0; i < results; ++i) {
        const std::int64_t at = i * w.stride - w.before + t * w.dilation;
        const std::int64_t place = i + axis.distance(t);
        CHECK(axis.at(p, place) == at);
        CHECK(place < kept);
        const bool inside = place >= axis.first_inside(p, kept) && place < axis.end_inside(p, kept);
        CHECK(inside == (at >= 0 && at < image));
      }
    }
  }
}
