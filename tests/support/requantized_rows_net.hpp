// SPDX-License-Identifier: MIT
// The product of requantized_rows.hpp as a net.
#pragma once

#include <kiln/kiln.hpp>

#include <cstdint>
#include <span>
#include <support/requantized_rows.hpp>

namespace kiln::test::requantized_rows_net {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;
using numbers = requantized_rows;

inline constexpr auto x = kiln::dynamic_quantize<u8, 1>(kiln::input<"x", f32>(21_c, 70_c));
inline constexpr auto w =
    kiln::dequantize(kiln::weight<"w", s8>(70_c, 40_c), kiln::weight<"scale", f32>(40_c));
inline constexpr auto y =
    kiln::quantize<s8>(kiln::matmul(kiln::dequantize(x), w) + kiln::weight<"bias", f32>(40_c),
                       numbers::step_y,
                       numbers::zero_y);
using net = kiln::compile<y>;

inline void run(const numbers& n, std::span<std::int8_t> out) {
  const net::weights weights{kiln::bind<"w">(n.columns.w),
                             kiln::bind<"scale">(n.columns.scale),
                             kiln::bind<"bias">(n.columns.bias)};
  net::context context{weights};
  context.run(net::view<"x">(n.x), net::view<"y">(out));
}

}  // namespace kiln::test::requantized_rows_net
