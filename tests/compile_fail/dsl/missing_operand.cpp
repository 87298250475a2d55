// SPDX-License-Identifier: MIT
// An operand is missing.
// expect: wrong_number_of_operands
// expect: where<kiln::op::clip_op
// expect: expected<kiln::dsl::operands<3> ?>
// expect: actual<kiln::dsl::operands<2> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::clip(x, 0, 6);
#else
constexpr auto y = kiln::clip(x, 0);
#endif

using net = kiln::compile<y>;
