// SPDX-License-Identifier: MIT
// A net on 8-bit integers without the ranges of its products.
// expect: binding_mistake::missing_weight
// expect: where<(kiln::core::)?text<'r', 'a', 'n', 'g', 'e', 's'> ?>
// expect: tensor_of<kiln::tensor::dtype::f32, 1, 2>, kiln::ranges_come_from_kiln_calibrate
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <vector>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto y = kiln::matmul(x, kiln::weight<"w", kiln::f32>(8_c, 16_c));
using net = kiln::compile<y, kiln::in_int8>;

std::vector<float> w(8 * 16), ranges(2);
#ifdef KILN_EXPECT_OK
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"ranges">(ranges)};
#else
const net::weights weights{kiln::bind<"w">(w)};
#endif
