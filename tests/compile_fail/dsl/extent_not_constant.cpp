// SPDX-License-Identifier: MIT
// An extent is 16_c, a constant, and not 16, an argument.
// expect: extent_not_constant
// expect: where<kiln::op::weight_op, (kiln::core::)?text<'w'> ?>
// expect: expected<kiln::dsl::extents_such_as_32_c>
// expect: actual<int, int>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 16_c);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(16_c, 32_c);
#else
constexpr auto w = kiln::weight<"w", kiln::f32>(16, 32);
#endif
constexpr auto y = kiln::matmul(x, w);

using net = kiln::compile<y>;
