// SPDX-License-Identifier: MIT
// Tensors of bf16, f16, u8 and s8 through the whole way: expression, bind, views, run.
#include <kiln/core/half.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::core::bf16;
using kiln::core::f16;

constexpr int m = 5, k = 37, n = 21;

template <class T>
std::vector<T> numbers(std::size_t count, int lo, int hi, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> number(lo, hi);
  std::vector<T> v(count);
  for (auto& x : v) x = static_cast<T>(number(engine));
  return v;
}

constexpr auto x8 = kiln::input<"x", kiln::u8>(5_c, 37_c);
constexpr auto w8 = kiln::weight<"w", kiln::s8>(37_c, 21_c);
constexpr auto scale = kiln::weight<"scale", kiln::f32>(21_c);
constexpr auto sums = kiln::matmul(x8, w8);
constexpr auto requantized = kiln::cast<kiln::u8>(kiln::relu(kiln::cast<kiln::f32>(sums) * scale));
constexpr auto integers = kiln::outputs<"y", "sums">(requantized, sums);

constexpr auto x16 = kiln::input<"x", kiln::bf16>(5_c, 37_c);
constexpr auto w16 = kiln::weight<"w", kiln::bf16>(37_c, 21_c);
constexpr auto shorts = kiln::matmul(x16, w16);

constexpr auto x32 = kiln::input<"x", kiln::f32>(5_c, 37_c);
constexpr auto wh = kiln::weight<"w", kiln::f16>(37_c, 21_c);
constexpr auto stored_small = kiln::matmul(x32, wh);

}  // namespace

TEST_CASE("u8 by s8, requantised: one group, exact sums, rounded once") {
  using net = kiln::compile<integers>;
  static_assert(net::groups == 1 && net::materialized == 0);
  const auto x = numbers<std::uint8_t>(m * k, 0, 255, 1);
  const auto w = numbers<std::int8_t>(k * n, -128, 127, 2);
  const std::vector<float> scales(n, 0x1p-9F);
  std::vector<std::uint8_t> y(m * n);
  std::vector<std::int32_t> s(m * n);
  const net::weights weights{kiln::bind<"w">(w), kiln::bind<"scale">(scales)};
  net::context context{weights};
  context.run(net::view<"x">(x), net::view<"y">(y), net::view<"sums">(s));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      std::int32_t sum = 0;
      for (std::size_t q = 0; q < k; ++q) sum += int{x[i * k + q]} * int{w[q * n + j]};
      CHECK(s[i * n + j] == sum);
      const float real = std::nearbyint(std::max(static_cast<float>(sum) * 0x1p-9F, 0.0F));
      CHECK(static_cast<float>(y[i * n + j]) == std::min(real, 255.0F));
    }
  }
}

TEST_CASE("bf16 by bf16 into bf16") {
  using net = kiln::compile<shorts>;
  std::vector<bf16> x(m * k), w(k * n), y(m * n);
  const auto xs = numbers<float>(m * k, -8, 8, 3), ws = numbers<float>(k * n, -8, 8, 4);
  std::transform(xs.begin(), xs.end(), x.begin(), kiln::core::to_bf16);
  std::transform(ws.begin(), ws.end(), w.begin(), kiln::core::to_bf16);
  const net::weights weights{kiln::bind<"w">(w)};
  net::context context{weights};
  context.run(net::view<"x">(x), net::view<"y">(y));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      float sum = 0;  // of small whole numbers: exact in any order
      for (std::size_t q = 0; q < k; ++q) sum += xs[i * k + q] * ws[q * n + j];
      CHECK(y[i * n + j] == kiln::core::to_bf16(sum));
    }
  }
}

TEST_CASE("f32 by weights stored as f16: half the packed bytes") {
  using net = kiln::compile<stored_small>;
  static_assert(net::packed_bytes == 37 * 32 * 2);
  const auto x = numbers<float>(m * k, -8, 8, 5), ws = numbers<float>(k * n, -8, 8, 6);
  std::vector<f16> w(k * n);
  std::transform(ws.begin(), ws.end(), w.begin(), kiln::core::to_f16);
  std::vector<float> y(m * n);
  const net::weights weights{kiln::bind<"w">(w)};
  net::context context{weights};
  context.run(net::view<"x">(x), net::view<"y">(y));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      float sum = 0;
      for (std::size_t q = 0; q < k; ++q) sum += x[i * k + q] * ws[q * n + j];
      CHECK(y[i * n + j] == sum);
    }
  }
}
