// SPDX-License-Identifier: MIT
// Integers whose steps are subnormal numbers: 1 / step is infinite, quotients of steps are not.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;

constexpr int rows = 2, depth = 16, columns = 32;
constexpr auto w =
    kiln::dequantize(kiln::weight<"w", s8>(16_c, 32_c), kiln::weight<"weight step", f32>(32_c));
constexpr auto x = kiln::dequantize(kiln::input<"x", u8>(2_c, 16_c), 0x1p-10F, 3);
constexpr auto y = kiln::quantize<u8>(
    kiln::matmul(x, w) + kiln::weight<"b", f32>(32_c), kiln::weight<"step", f32>(32_c), 128);
using net = kiln::compile<y>;

}  // namespace

TEST_CASE("a product is requantised by any step") {
  std::array<std::uint8_t, rows * depth> numbers{};
  std::array<std::int8_t, depth * columns> weights{};
  for (int i = 0; i < rows * depth; ++i) {
    numbers[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i % 7);
  }
  for (int i = 0; i < depth * columns; ++i) {
    weights[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i * 37 % 5 - 2);
  }
  // Powers of two: 4 to 32 steps of the result for one of the product, and nothing to round.
  std::array<float, columns> weight_steps{}, steps{}, bias{};
  for (std::size_t j = 0; j < columns; ++j) {
    weight_steps[j] = 0x1p-116F;
    steps[j] = std::ldexp(1.0F, -128 - static_cast<int>(j % 4));
    bias[j] = 3 * 0x1p-128F;
  }
  const net::weights bound{kiln::bind<"w">(weights),
                           kiln::bind<"weight step">(weight_steps),
                           kiln::bind<"step">(steps),
                           kiln::bind<"b">(bias)};
  net::context context{bound};
  std::array<std::uint8_t, rows * columns> found{};
  context.run(net::view<"x">(numbers), net::view<"y">(found));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      int sum = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        sum += (numbers[i * depth + k] - 3) * weights[k * columns + j];
      }
      const int expected = (4 * sum + 3) * (1 << j % 4) + 128;
      CAPTURE(i);
      CAPTURE(j);
      CHECK(found[i * columns + j] == std::clamp(expected, 0, 255));
    }
  }
}
