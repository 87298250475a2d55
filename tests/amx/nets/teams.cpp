// SPDX-License-Identifier: MIT
// Nets on interpreted tiles on the threads of kiln's pool: every thread has its share of the tile
// instructions and tiles of its own, and the bits are those of one thread.
#include <kiln/kiln.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <support/bound_net.hpp>
#include <support/interpreted_nets.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::bf16, kiln::s8, kiln::u8;
using kiln::test::tile_products;

// Many rows: each thread takes some of them through all layers.
constexpr float step_w = 0x1p-7F, step_x = 0x1p-4F, step_1 = 0x1p-1F, step_2 = 0x1p0F;
constexpr auto rows = kiln::input<"x", u8>(kiln::dim<"batch", 96>, 256_c);
constexpr auto r1 = kiln::dequantize(kiln::weight<"w1", s8>(256_c, 256_c), step_w);
constexpr auto r2 = kiln::dequantize(kiln::weight<"w2", s8>(256_c, 192_c), step_w);
constexpr auto r3 = kiln::dequantize(kiln::weight<"w3", s8>(192_c, 64_c), step_w);
constexpr auto h1 =
    kiln::quantize<u8>(kiln::relu(kiln::matmul(kiln::dequantize(rows, step_x, 117), r1)), step_1);
constexpr auto h2 =
    kiln::quantize<u8>(kiln::relu(kiln::matmul(kiln::dequantize(h1, step_1), r2)), step_2);
constexpr auto by_rows = kiln::matmul(kiln::dequantize(h2, step_2), r3);
using rows_net = kiln::compile<by_rows>;

constexpr long products_of_rows(long m) {
  return tile_products(m, 256, 256) + tile_products(m, 192, 256) + tile_products(m, 64, 192);
}

// Few rows: each thread takes some columns of each layer.
constexpr auto few = kiln::input<"x", bf16>(16_c, 512_c);
constexpr auto c1 = kiln::weight<"w1", bf16>(512_c, 512_c);
constexpr auto c2 = kiln::weight<"w2", bf16>(512_c, 512_c);
constexpr auto by_columns =
    kiln::matmul(kiln::cast<bf16>(kiln::relu(kiln::matmul(few, c1)) * 0.0625F), c2);
using columns_net = kiln::compile<by_columns>;

// A single image: each thread takes some of its lines.
constexpr auto image = kiln::input<"x", u8>(1_c, 30_c, 28_c, 64_c);
constexpr auto filters = kiln::dequantize(kiln::weight<"w", s8>(3_c, 3_c, 64_c, 64_c), step_w);
constexpr auto by_lines = kiln::quantize<s8>(
    kiln::conv2d<kiln::window{.pad = kiln::same}>(kiln::dequantize(image, step_x, 3), filters),
    step_2);
using lines_net = kiln::compile<by_lines>;

/// Products of tiles by threads, of `most` threads of which each must have some.
template <class Net>
long check_team(const kiln::test::bound_net<Net, "x">& net, int m, int threads) {
  CAPTURE(m);
  CAPTURE(threads);
  kiln::thread_pool pool(threads);
  kiln::test::counting_executor team(pool);
  const std::vector<double> found = net.run(m, team);
  CHECK(found == net.run(m));
  long all = 0;
  for (int t = 0; t < threads; ++t) {
    const long own = team.take_dots(t);
    CAPTURE(t);
    CHECK(own > 0);
    all += own;
  }
  return all;
}

}  // namespace

TEST_CASE("threads share out rows of bytes") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<rows_net, "x"> net(1);
  CHECK(net.run(96) == net.meaning(96).value);
  CHECK(check_team(net, 96, 2) == 2 * products_of_rows(48));
  CHECK(check_team(net, 96, 3) == 3 * products_of_rows(32));
  CHECK(check_team(net, 65, 2) == products_of_rows(33) + products_of_rows(32));
}

TEST_CASE("threads share out columns of bf16") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<columns_net, "x"> net(2);
  CHECK(kiln::test::problem_of(net.meaning(0), net.run(0)) == "");
  CHECK(check_team(net, 0, 2) == 4 * tile_products(16, 256, 2 * 512));
}

TEST_CASE("threads share out lines of an image") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<lines_net, "x"> net(3);
  CHECK(net.run(0) == net.meaning(0).value);
  // A pixel of padding lies between two lines; three taps in a row are one run of k.
  CHECK(check_team(net, 0, 2) == 2 * 3 * tile_products(15 * 29 - 1, 64, 3 * 64));
}
