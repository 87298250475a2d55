// SPDX-License-Identifier: MIT
// A net that is quantised already, as ONNX exports it: 8-bit activations and weights with a scale a
// column; and a layer whose weights are 4-bit numbers with a scale for every 32 of them.
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <cstdint>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(7_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::s8>(64_c, 128_c);
constexpr auto w1_scale = kiln::weight<"w1.scale", kiln::f32>(128_c);
constexpr auto b1 = kiln::weight<"b1", kiln::s32>(128_c);  // in steps of x's scale times w1's
constexpr auto b1_scale = kiln::weight<"b1.scale", kiln::f32>(128_c);
// u8[k / 2, n]: two of 4 bits in a byte, the low bits first; f32[k / 32, n].
constexpr auto w2 = kiln::weight<"w2", kiln::u8>(64_c, 48_c);
constexpr auto w2_scale = kiln::weight<"w2.scale", kiln::f32>(4_c, 48_c);

// From f32 to u8 and back: scale, zero point. The product between runs on integers.
constexpr auto xq = kiln::dequantize(kiln::quantize<kiln::u8>(x, 0.0078125F, 128), 0.0078125F, 128);
constexpr auto h = kiln::relu(kiln::matmul(xq, kiln::dequantize<1>(w1, w1_scale))
                              + kiln::dequantize(b1, b1_scale));
constexpr auto y = kiln::matmul(h, kiln::dequantize_int4<32>(w2, w2_scale));
using net = kiln::compile<y>;

template <class T>
std::vector<T> integers(std::size_t n, std::uint32_t seed, float most) {
  std::vector<T> result;
  for (const float v : example::numbers(n, seed)) result.push_back(static_cast<T>(v * most));
  return result;
}
template <class T>
std::vector<float> as_floats(const std::vector<T>& v) {
  return {v.begin(), v.end()};
}

int main() {
  const auto w1_data = integers<std::int8_t>(64 * 128, 1, 127);
  const auto b1_data = integers<std::int32_t>(128, 2, 4000);
  std::vector<std::uint8_t> w2_data;
  for (const auto v : integers<std::int32_t>(64 * 48, 3, 127)) {
    w2_data.push_back(static_cast<std::uint8_t>(v + 128));
  }
  std::vector<float> w1_scales(128), b1_scales(128), w2_scales(4 * 48);
  for (std::size_t i = 0; i < 128; ++i) {
    w1_scales[i] = 0.001F + 0.0001F * static_cast<float>(i);
    b1_scales[i] = w1_scales[i] * 0.0078125F;
  }
  for (std::size_t i = 0; i < w2_scales.size(); ++i) {
    w2_scales[i] = 0.01F + 0.0001F * static_cast<float>(i);
  }
  const net::weights weights{kiln::bind<"w1">(w1_data),
                             kiln::bind<"w1.scale">(w1_scales),
                             kiln::bind<"b1">(b1_data),
                             kiln::bind<"b1.scale">(b1_scales),
                             kiln::bind<"w2">(w2_data),
                             kiln::bind<"w2.scale">(w2_scales)};
  net::context context{weights};
  const auto images = example::numbers(7 * 64, 4);
  std::vector<float> results(7 * 48);
  context.run(net::view<"x">(images), net::view<"y">(results));

  const auto w1_floats = as_floats(w1_data), b1_floats = as_floats(b1_data),
             w2_floats = as_floats(w2_data);
  return example::compare<net>({{"x", &images},
                                {"w1", &w1_floats},
                                {"w1.scale", &w1_scales},
                                {"b1", &b1_floats},
                                {"b1.scale", &b1_scales},
                                {"w2", &w2_floats},
                                {"w2.scale", &w2_scales}},
                               results);
}
