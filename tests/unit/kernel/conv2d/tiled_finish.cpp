// SPDX-License-Identifier: MIT
// Sums of tiles go to their results: over line ends, past positions between lines, in any steps.
#include <kiln/kernel/conv2d/tiled_finish.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/conv2d/problem.hpp>
#include <vector>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;

constexpr auto u8s8 = gemm::arithmetic::u8s8;
constexpr std::size_t cols = 40;
constexpr std::size_t out_w = 7, pitch = 9;

// Two rows of tiles from position 0 on, the second of which repeats three positions of the first.
// Each sum tells its tile's position and column.
void check(std::size_t rows, std::size_t panels, std::size_t col, std::size_t steps, bool cuts) {
  CAPTURE(rows);
  CAPTURE(panels);
  CAPTURE(steps);
  const std::size_t n = cuts ? col + panels * 16 - 5 : col + panels * 16;
  std::vector<std::int32_t> more(cols + 16, 1000), y(40 * cols, -1);
  conv2d_test::keep_sums<u8s8> ep{y.data(), cols, more.data()};
  conv2d::tiled_finish<u8s8, decltype(ep)> finish(ep);
  auto* sums = reinterpret_cast<std::int32_t*>(finish.sums());
  const auto first = [](std::size_t tile) { return tile * 16 - (tile != 0 ? 3 : 0); };
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t wanted = i * 16;
    finish.part(i) = {
        .line = wanted / pitch * out_w, .pixel = wanted % pitch, .skipped = wanted - first(i)};
    for (std::size_t j = 0; j < panels; ++j) {
      for (std::size_t k = 0; k < 256; ++k, ++sums) {
        const std::size_t number = (first(i) + k / 16) * 100 + j * 16 + k % 16;
        *sums = static_cast<std::int32_t>(number);
      }
    }
  }
  finish.begin(
      {.rows = rows, .panels = panels, .col = col, .height = 16, .out_w = out_w, .pitch = pitch},
      steps);
  if (cuts) {
    finish.cut(n);
  } else {
    for (std::size_t i = 0; i < steps; ++i) finish();
  }
  finish.end();
  const std::size_t last = first(rows - 1) + 16;
  bool right = true;
  for (std::size_t p = 0; p < 40; ++p) {
    const std::size_t at = p / out_w * pitch + p % out_w;
    for (std::size_t j = 0; j < cols; ++j) {
      const bool exists = at < last && j >= col && j < n;
      const auto wanted = static_cast<std::int32_t>(1000 + at * 100 + j - col);
      right = right && y[p * cols + j] == (exists ? wanted : -1);
    }
  }
  CHECK(right);
}

}  // namespace

TEST_CASE("every sum goes to its result, once") {
  for (const std::size_t rows : {1U, 2U}) {
    for (const std::size_t panels : {1U, 2U}) {
      for (const std::size_t steps : {1U, 3U, 7U, 40U}) check(rows, panels, 3, steps, false);
      check(rows, panels, 2, 4, true);
    }
  }
}
