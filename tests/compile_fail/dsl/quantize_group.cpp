// SPDX-License-Identifier: MIT
// Groups divide the axis that they are on.
// expect: wrong_size
// expect: where<kiln::op::dequantize_op
// expect: actual<.*u8, 3, 2> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto w = kiln::weight<"w", kiln::u8>(3_c, 2_c);
constexpr auto s = kiln::weight<"s", kiln::f32>(2_c, 2_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::dequantize_int4<3>(w, s);
#else
constexpr auto y = kiln::dequantize_int4<4>(w, s);
#endif

using net = kiln::compile<y>;
