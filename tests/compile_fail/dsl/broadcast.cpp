// SPDX-License-Identifier: MIT
// Shapes that cannot be broadcast.
// expect: cannot_broadcast
// expect: where<kiln::op::add_op, kiln::core::text<'b'> ?>
// expect: expected<.*4, 8> ?>
// expect: actual<.*7> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto b = kiln::weight<"b", kiln::f32>(8_c);
#else
constexpr auto b = kiln::weight<"b", kiln::f32>(7_c);
#endif
constexpr auto y = x + b;

using net = kiln::compile<y>;
