// SPDX-License-Identifier: MIT
// Zero points of u8 do not fit integers of s8.
// expect: wrong_dtype
// expect: where<kiln::op::quantize_op
// expect: expected<.*s8> ?>
// expect: actual<.*u8> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto z = kiln::weight<"z", kiln::u8>(8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::quantize<kiln::u8>(x, 0.5F, z);
#else
constexpr auto y = kiln::quantize<kiln::s8>(x, 0.5F, z);
#endif

using net = kiln::compile<y>;
