// SPDX-License-Identifier: MIT
// Quantised layers on interpreted tiles, one behind the other: exact for every number of rows.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <support/bound_net.hpp>
#include <support/interpreted_nets.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;
using kiln::test::tile_products;

// Steps are powers of two, so that floats hold every number: what comes out is what is meant.
constexpr float step_x = 0x1p-4F, step_w = 0x1p-7F, step_1 = 0x1p-2F, step_2 = 0x1p0F;
constexpr auto x = kiln::input<"x", u8>(kiln::dim<"batch", 33>, 70_c);
constexpr auto w1 = kiln::dequantize(kiln::weight<"w1", s8>(70_c, 80_c), step_w);
constexpr auto w2 = kiln::dequantize(kiln::weight<"w2", s8>(80_c, 48_c), step_w);
constexpr auto w3 = kiln::dequantize(kiln::weight<"w3", s8>(48_c, 33_c), step_w);
constexpr auto h1 =
    kiln::quantize<u8>(kiln::relu(kiln::matmul(kiln::dequantize(x, step_x, 117), w1)), step_1);
constexpr auto h2 = kiln::quantize<s8>(kiln::matmul(kiln::dequantize(h1, step_1), w2), step_2, -5);
constexpr auto y = kiln::matmul(kiln::dequantize(h2, step_2, -5), w3);
using net = kiln::compile<y>;

constexpr long products(long rows) {
  return tile_products(rows, 80, 70) + tile_products(rows, 48, 80) + tile_products(rows, 33, 48);
}

}  // namespace

TEST_CASE("three layers of bytes are exact, and on tiles but for a single row") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<net, "x"> layers(1);
  for (const int rows : {1, 2, 15, 16, 17, 31, 32, 33}) {
    CAPTURE(rows);
    static_cast<void>(kiln::test::take_interpreted());
    const std::vector<double> found = layers.run(rows);
    CHECK(kiln::test::take_interpreted().dots == (rows == 1 ? 0 : products(rows)));
    CHECK(found == layers.meaning(rows).value);
  }
}
