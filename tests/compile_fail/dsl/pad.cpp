// SPDX-License-Identifier: MIT
// Padding of a whole window.
// expect: wrong_pad
// expect: where<kiln::op::conv2d_op, kiln::core::text<'w'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(1_c, 8_c, 8_c, 3_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(3_c, 3_c, 3_c, 4_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::conv2d<kiln::window{.pad = {1, 1}}>(x, w);
#else
constexpr auto y = kiln::conv2d<kiln::window{.pad = {3, 1}}>(x, w);
#endif

using net = kiln::compile<y>;
