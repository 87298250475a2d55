// SPDX-License-Identifier: MIT
// A scale is a positive number.
// expect: scale_not_positive
// expect: where<kiln::op::quantize_op
// expect: actual<.*'-', ?'0', ?'.', ?'5'

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::quantize<kiln::u8>(x, 0.5F);
#else
constexpr auto y = kiln::quantize<kiln::u8>(x, -0.5F);
#endif

using net = kiln::compile<y>;
