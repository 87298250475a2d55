// SPDX-License-Identifier: MIT
// An operand that is neither an expression nor a number.
// expect: not_an_expression
// expect: where<kiln::op::add_op, kiln::core::text<'x'> ?>
// expect: actual<char

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = x + 1;
#else
constexpr auto y = x + "1";
#endif

using net = kiln::compile<y>;
