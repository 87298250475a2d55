// SPDX-License-Identifier: MIT
// The MLP of requantized_mlp.hpp as a net.
#pragma once

#include <kiln/kiln.hpp>

#include <cstdint>
#include <span>
#include <support/requantized_mlp.hpp>

namespace kiln::test::requantized_mlp_net {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;
using numbers = requantized_mlp;

inline constexpr auto x = kiln::input<"x", u8>(kiln::dim<"rows", numbers::most_rows>, 70_c);
inline constexpr auto w1 =
    kiln::dequantize(kiln::weight<"w1", s8>(70_c, 50_c), kiln::weight<"s1", f32>(50_c));
inline constexpr auto w2 =
    kiln::dequantize(kiln::weight<"w2", s8>(50_c, 37_c), kiln::weight<"s2", f32>(37_c));
inline constexpr auto w3 = kiln::dequantize(kiln::weight<"w3", s8>(37_c, 18_c),
                                            kiln::weight<"s3", f32>(18_c),
                                            kiln::weight<"z3", s8>(18_c));
inline constexpr auto h =
    kiln::relu(kiln::matmul(kiln::dequantize(x, numbers::step_x, numbers::zero_x), w1)
               + kiln::weight<"b1", f32>(50_c));
inline constexpr auto hq = kiln::quantize<u8>(h, numbers::step_1, numbers::zero_1);
inline constexpr auto g =
    kiln::relu(kiln::matmul(kiln::dequantize(hq, numbers::step_1, numbers::zero_1), w2)
               + kiln::weight<"b2", f32>(37_c));
inline constexpr auto gq = kiln::quantize<u8>(g, numbers::step_2, numbers::zero_2);
inline constexpr auto y =
    kiln::quantize<s8>(kiln::matmul(kiln::dequantize(gq, numbers::step_2, numbers::zero_2), w3)
                           + kiln::weight<"b3", f32>(18_c),
                       numbers::step_y,
                       numbers::zero_y);
using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);

inline void run(const numbers& n, std::span<const std::uint8_t> in, std::span<std::int8_t> out) {
  const net::weights weights{kiln::bind<"w1">(n.first.w),
                             kiln::bind<"s1">(n.first.scale),
                             kiln::bind<"b1">(n.first.bias),
                             kiln::bind<"w2">(n.second.w),
                             kiln::bind<"s2">(n.second.scale),
                             kiln::bind<"b2">(n.second.bias),
                             kiln::bind<"w3">(n.third.w),
                             kiln::bind<"s3">(n.third.scale),
                             kiln::bind<"b3">(n.third.bias),
                             kiln::bind<"z3">(n.third_zero)};
  net::context context{weights};
  context.run(net::view<"x">(in), net::view<"y">(out));
}

}  // namespace kiln::test::requantized_mlp_net
