// SPDX-License-Identifier: MIT
// A zero point is one of the integers that it is counted in.
// expect: zero_point_out_of_range
// expect: where<kiln::op::quantize_op
// expect: expected<.*'1', ?'2', ?'7'
// expect: actual<.*'1', ?'2', ?'8'

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::quantize<kiln::s8>(x, 0.5F, 127);
#else
constexpr auto y = kiln::quantize<kiln::s8>(x, 0.5F, 128);
#endif

using net = kiln::compile<y>;
