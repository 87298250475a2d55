// SPDX-License-Identifier: MIT
// One scale a channel, along the axis that is named.
// expect: cannot_broadcast
// expect: where<kiln::op::dequantize_op, kiln::core::text<'s'>
// expect: expected<.*s8, 4, 8> ?>
// expect: actual<.*f32, 4> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto w = kiln::weight<"w", kiln::s8>(4_c, 8_c);
constexpr auto s = kiln::weight<"s", kiln::f32>(4_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::dequantize<0>(w, s);
#else
constexpr auto y = kiln::dequantize(w, s);
#endif

using net = kiln::compile<y>;
