// SPDX-License-Identifier: MIT
// The convolution of requantized_image.hpp as a net.
#pragma once

#include <kiln/kiln.hpp>

#include <cstdint>
#include <span>
#include <support/requantized_image.hpp>

namespace kiln::test::requantized_image_net {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;
using numbers = requantized_image;

inline constexpr auto x =
    kiln::dequantize(kiln::input<"x", u8>(2_c, 9_c, 8_c, 16_c), numbers::step_x, numbers::zero_x);
inline constexpr auto taps = kiln::dequantize(kiln::weight<"taps", s8>(3_c, 3_c, 16_c, 21_c),
                                              kiln::weight<"scale", f32>(21_c));
inline constexpr auto beside = kiln::dequantize(
    kiln::input<"beside", s8>(2_c, 5_c, 8_c, 21_c), numbers::step_beside, numbers::zero_beside);
inline constexpr auto sum =
    kiln::conv2d<kiln::window{.stride = {numbers::down, numbers::across}, .pad = kiln::same}>(x,
                                                                                              taps)
    + kiln::weight<"bias", f32>(21_c) + beside;
inline constexpr auto y = kiln::quantize<u8>(kiln::relu(sum), numbers::step_y, numbers::zero_y);
using net = kiln::compile<y>;

inline void run(const numbers& n, std::span<std::uint8_t> out) {
  const net::weights weights{kiln::bind<"taps">(n.taps.w),
                             kiln::bind<"scale">(n.taps.scale),
                             kiln::bind<"bias">(n.taps.bias)};
  net::context context{weights};
  context.run(net::view<"x">(n.x), net::view<"beside">(n.beside), net::view<"y">(out));
}

}  // namespace kiln::test::requantized_image_net
