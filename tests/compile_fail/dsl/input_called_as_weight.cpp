// SPDX-License-Identifier: MIT
// One name for an input and a weight.
// expect: duplicate_name
// expect: where<kiln::op::weight_op, kiln::core::text<'x'> ?>
// expect: expected<kiln::op::input_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c);
#else
constexpr auto w = kiln::weight<"x", kiln::f32>(8_c);
#endif
constexpr auto y = x + w;

using net = kiln::compile<y>;
