// SPDX-License-Identifier: MIT
// A quantised MLP for every batch from 1 to 130, bit by bit against integers written by hand.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;

constexpr int inputs = 13, hidden = 37, middle = 20, outputs = 10;
constexpr int most_rows = 130;

// 13 -> 37 (u8, zero point 0, relu) -> 20 (s8, zero point -5, weights with zero points) -> 10 (f32)
constexpr auto x = kiln::input<"x", f32>(kiln::dim<"batch", most_rows>, 13_c);
constexpr auto w1 = kiln::weight<"w1", s8>(13_c, 37_c);
constexpr auto w2 = kiln::weight<"w2", s8>(37_c, 20_c);
constexpr auto w3 = kiln::weight<"w3", u8>(20_c, 10_c);
constexpr auto s1 = kiln::weight<"s1", f32>(37_c);
constexpr auto s2 = kiln::weight<"s2", f32>(20_c);
constexpr auto s3 = kiln::weight<"s3", f32>(10_c);
constexpr auto z2 = kiln::weight<"z2", s8>(20_c);
constexpr auto b1 = kiln::weight<"b1", f32>(37_c);
constexpr auto b2 = kiln::weight<"b2", f32>(20_c);
constexpr auto b3 = kiln::weight<"b3", f32>(10_c);
constexpr float step_x = 0.0173F, step_1 = 0.031F, step_2 = 0.0625F;
constexpr int zero_x = 117, zero_2 = -5;

constexpr auto q0 = kiln::quantize<u8>(x, step_x, zero_x);
constexpr auto h1 =
    kiln::relu(kiln::matmul(kiln::dequantize(q0, step_x, zero_x), kiln::dequantize(w1, s1)) + b1);
constexpr auto q1 = kiln::quantize<u8>(h1, step_1);
constexpr auto h2 = kiln::matmul(kiln::dequantize(q1, step_1), kiln::dequantize(w2, s2, z2)) + b2;
constexpr auto q2 = kiln::quantize<s8>(h2, step_2, zero_2);
constexpr auto y =
    kiln::matmul(kiln::dequantize(q2, step_2, zero_2), kiln::dequantize(w3, s3, 128)) + b3;
constexpr auto observed = kiln::outputs<"y", "q1", "q2">(y, q1, q2);

using net = kiln::compile<y>;
using observed_net = kiln::compile<observed>;
static_assert(net::groups == 1 && net::materialized == 0);

template <class T>
std::vector<T> integers(std::size_t n, int low, int high, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> any(low, high);
  std::vector<T> v(n);
  for (auto& e : v) e = static_cast<T>(any(engine));
  return v;
}
std::vector<float> floats(std::size_t n, float low, float high, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> any(low, high);
  std::vector<float> v(n);
  for (auto& e : v) e = any(engine);
  return v;
}

/// Scales of the weights are multiplied by `stretch`: 1, or what saturates nearly everything.
struct parameters final {
  std::vector<std::int8_t> w1 = integers<std::int8_t>(inputs * hidden, -128, 127, 1);
  std::vector<std::int8_t> w2 = integers<std::int8_t>(hidden * middle, -128, 127, 2);
  std::vector<std::uint8_t> w3 = integers<std::uint8_t>(middle * outputs, 0, 255, 3);
  std::vector<std::int8_t> z2 = integers<std::int8_t>(middle, -20, 20, 4);
  std::vector<float> s1, s2, s3;
  std::vector<float> b1 = floats(hidden, -1, 1, 5), b2 = floats(middle, -1, 1, 6),
                     b3 = floats(outputs, -1, 1, 7);
  std::vector<float> x = floats(static_cast<std::size_t>(most_rows) * inputs, -2.2F, 2.6F, 8);

  explicit parameters(float stretch)
      : s1(floats(hidden, 0.001F * stretch, 0.01F * stretch, 9)),
        s2(floats(middle, 0.001F * stretch, 0.01F * stretch, 10)),
        s3(floats(outputs, 0.001F * stretch, 0.01F * stretch, 11)) {}
};

/// Rounded by itself: no compiler may fuse it with what follows.
float product(float a, float b) {
  const volatile float p = a * b;
  return p;
}
float quotient(float a, float b) {
  const volatile float q = a / b;
  return q;
}
int saturated(float v, int low, int high) {
  if (v != v) return 0;
  return static_cast<int>(
      std::nearbyint(std::clamp(v, static_cast<float>(low), static_cast<float>(high))));
}

/// What low_precision promises, one operation after the other.
struct by_hand final {
  std::vector<int> q1, q2;
  std::vector<float> y;

  by_hand(const parameters& p, std::size_t rows) {
    for (std::size_t i = 0; i < rows; ++i) {
      std::array<int, inputs> a{};
      for (std::size_t k = 0; k < inputs; ++k) {
        a[k] = saturated(std::nearbyint(p.x[i * inputs + k] / step_x) + zero_x, 0, 255);
      }
      std::array<int, hidden> h{};
      for (std::size_t n = 0; n < hidden; ++n) {
        int sum = 0, column = 0;
        for (std::size_t k = 0; k < inputs; ++k) {
          sum += a[k] * p.w1[k * hidden + n];
          column += p.w1[k * hidden + n];
        }
        const float scale = product(p.s1[n], step_x);
        const float offset = product(static_cast<float>(-column * zero_x), scale);
        const volatile float shift = offset + p.b1[n];
        const float v =
            std::fma(static_cast<float>(sum), quotient(scale, step_1), quotient(shift, step_1));
        h[n] = saturated(v, 0, 255);
        q1.push_back(h[n]);
      }
      std::array<int, middle> g{};
      for (std::size_t n = 0; n < middle; ++n) {
        int sum = 0, row = 0;
        for (std::size_t k = 0; k < hidden; ++k) {
          sum += h[k] * p.w2[k * middle + n];
          row += h[k];
        }
        const float scale = product(p.s2[n], step_1);
        const float inner =
            std::fma(static_cast<float>(sum), quotient(scale, step_2), quotient(p.b2[n], step_2));
        const float factor = -product(static_cast<float>(p.z2[n]), scale);
        const float v = std::fma(static_cast<float>(row), quotient(factor, step_2), inner);
        g[n] = saturated(std::nearbyint(v) + zero_2, -128, 127);
        q2.push_back(g[n]);
      }
      for (std::size_t n = 0; n < outputs; ++n) {
        int sum = 0, column = 0;
        for (std::size_t k = 0; k < middle; ++k) {
          sum += g[k] * (p.w3[k * outputs + n] - 128);
          column += p.w3[k * outputs + n] - 128;
        }
        const float scale = product(p.s3[n], step_2);
        const float offset = product(static_cast<float>(-column * zero_2), scale);
        const volatile float shift = offset + p.b3[n];
        y.push_back(std::fma(static_cast<float>(sum), scale, shift));
      }
    }
  }
};

template <class Net>
typename Net::weights bound(const parameters& p) {
  return typename Net::weights{kiln::bind<"w1">(p.w1),
                               kiln::bind<"w2">(p.w2),
                               kiln::bind<"w3">(p.w3),
                               kiln::bind<"s1">(p.s1),
                               kiln::bind<"s2">(p.s2),
                               kiln::bind<"s3">(p.s3),
                               kiln::bind<"z2">(p.z2),
                               kiln::bind<"b1">(p.b1),
                               kiln::bind<"b2">(p.b2),
                               kiln::bind<"b3">(p.b3)};
}

void check_every_batch(float stretch) {
  const parameters p(stretch);
  const by_hand expected(p, most_rows);
  const auto weights = bound<observed_net>(p);
  observed_net::context context(weights);
  const auto plain_weights = bound<net>(p);
  net::context plain(plain_weights);
  for (std::size_t rows = 1; rows <= most_rows; ++rows) {
    const std::span<const float> in(p.x.data(), rows * inputs);
    std::vector<std::uint8_t> h(rows * hidden);
    std::vector<std::int8_t> g(rows * middle);
    std::vector<float> out(rows * outputs), again(rows * outputs);
    context.run(observed_net::view<"x">(in),
                observed_net::view<"q1">(h),
                observed_net::view<"q2">(g),
                observed_net::view<"y">(out));
    plain.run(net::view<"x">(in), net::view<"y">(again));
    CAPTURE(rows);
    CHECK(std::equal(h.begin(), h.end(), expected.q1.begin()));
    CHECK(std::equal(g.begin(), g.end(), expected.q2.begin()));
    CHECK(std::equal(out.begin(), out.end(), expected.y.begin()));
    CHECK(out == again);
  }
}

}  // namespace

TEST_CASE("every batch, bit by bit") { check_every_batch(1); }
TEST_CASE("extreme scales saturate exactly") {
  check_every_batch(1e6F);
  check_every_batch(1e-6F);
  check_every_batch(1e30F);
}
TEST_CASE("one loop over row blocks, integers between the layers") {
  const std::string text = kiln::explain<net>();
  INFO(text);
  CHECK(text.find("in 1 group") != std::string::npos);
  CHECK(text.find("gemm/u8.u8.s8/") != std::string::npos);  // labels are dst.lhs.rhs
  CHECK(text.find("gemm/s8.u8.s8/") != std::string::npos);
  CHECK(text.find("gemm/f32.s8.s8/") != std::string::npos);
}
