// SPDX-License-Identifier: MIT
// Layers of bf16 and attention on interpreted tiles, within the oracle's bounds; a row's bits are
// the same in every batch.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <support/bound_net.hpp>
#include <support/interpreted_nets.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::bf16, kiln::f32;
using kiln::test::problem_of;
using kiln::test::tile_products;

constexpr auto x = kiln::input<"x", bf16>(kiln::dim<"batch", 33>, 97_c);
constexpr auto w1 = kiln::weight<"w1", bf16>(97_c, 80_c);
constexpr auto b1 = kiln::weight<"b1", f32>(80_c);
constexpr auto w2 = kiln::weight<"w2", bf16>(80_c, 64_c);
constexpr auto w3 = kiln::weight<"w3", bf16>(64_c, 33_c);
constexpr auto h1 =
    kiln::cast<bf16>(kiln::gelu(kiln::cast<f32>(kiln::matmul(x, w1)) * 0.125F + b1));
constexpr auto h2 = kiln::cast<bf16>(kiln::tanh(kiln::cast<f32>(kiln::matmul(h1, w2)) * 0.125F));
constexpr auto classes = kiln::softmax(kiln::cast<f32>(kiln::matmul(h2, w3)));
using layers_net = kiln::compile<classes>;

constexpr long products_of_layers(long rows) {
  return tile_products(rows, 80, 2 * 97) + tile_products(rows, 64, 2 * 80)
         + tile_products(rows, 33, 2 * 64);
}

// Both right-hand sides are packed in every run.
constexpr auto q = kiln::input<"q", bf16>(2_c, 33_c, 64_c);
constexpr auto k = kiln::input<"k", bf16>(2_c, 40_c, 64_c);
constexpr auto v = kiln::input<"v", bf16>(2_c, 40_c, 48_c);
constexpr auto scores = kiln::cast<f32>(kiln::matmul(q, kiln::transpose(k))) * 0.125F;
constexpr auto mixed = kiln::matmul(kiln::cast<bf16>(kiln::softmax(scores)), v);
using attention_net = kiln::compile<mixed>;

}  // namespace

TEST_CASE("three layers of bf16 stay within their bounds, and on tiles but for a single row") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<layers_net, "x"> layers(1);
  const std::vector<double> most = layers.run(33);
  for (const int rows : {1, 2, 15, 16, 17, 31, 32, 33}) {
    CAPTURE(rows);
    static_cast<void>(kiln::test::take_interpreted());
    const std::vector<double> found = layers.run(rows);
    CHECK(kiln::test::take_interpreted().dots == (rows == 1 ? 0 : products_of_layers(rows)));
    CHECK(problem_of(layers.meaning(rows), found) == "");
    if (rows > 1) CHECK(std::equal(found.begin(), found.end(), most.begin()));
  }
}

TEST_CASE("attention stays within its bounds") {
  kiln::test::interpret_nets();
  const kiln::test::bound_net<attention_net, "q", "k", "v"> attention(2);
  static_cast<void>(kiln::test::take_interpreted());
  const std::vector<double> found = attention.run(0);
  CHECK(kiln::test::take_interpreted().dots
        == 2 * (tile_products(33, 40, 2 * 64) + tile_products(33, 48, 2 * 40)));
  CHECK(problem_of(attention.meaning(0), found) == "");
}
