// SPDX-License-Identifier: MIT
// An addition behind something that is no product: its operand is added, not taken for a bias.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32;

constexpr auto x = kiln::input<"x", f32>(3_c, 20_c);
constexpr auto image = kiln::input<"image", f32>(1_c, 4_c, 4_c, 20_c);
constexpr auto b = kiln::weight<"b", f32>(20_c);
constexpr auto per_row = kiln::weight<"per_row", f32>(3_c);
constexpr auto y = kiln::outputs<"number", "columns", "rows", "softmax", "pool">(
    kiln::reduce_max<1>(x) + 3,
    kiln::reduce_sum<0>(x) + b,
    kiln::reduce_sum<1>(x) + per_row,
    kiln::softmax(x) + b,
    kiln::max_pool<kiln::pool{.size = {2, 1}}>(image) + b);
using net = kiln::compile<y>;

}  // namespace

TEST_CASE("reductions, row operators and pooling keep what is added to them") {
  const std::vector<float> zeros(320, 0);
  std::vector<float> b_data(20), row_data(3);
  for (std::size_t i = 0; i < 20; ++i) b_data[i] = static_cast<float>(i) + 1;
  for (std::size_t i = 0; i < 3; ++i) row_data[i] = static_cast<float>(i) - 5;
  const net::weights weights{kiln::bind<"b">(b_data), kiln::bind<"per_row">(row_data)};
  net::context context{weights};
  std::vector<float> number(3), columns(20), rows(3), softmax(60), pool(160);
  context.run(net::view<"x">(zeros.data()),
              net::view<"image">(zeros.data()),
              net::view<"number">(number),
              net::view<"columns">(columns),
              net::view<"rows">(rows),
              net::view<"softmax">(softmax),
              net::view<"pool">(pool));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(number[i] == 3);
    CHECK(rows[i] == row_data[i]);
  }
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(columns[i] == b_data[i]);
    for (std::size_t r = 0; r < 3; ++r)
      CHECK(softmax[r * 20 + i] == doctest::Approx(0.05F + b_data[i]));
    for (std::size_t r = 0; r < 8; ++r) CHECK(pool[r * 20 + i] == b_data[i]);
  }
}
