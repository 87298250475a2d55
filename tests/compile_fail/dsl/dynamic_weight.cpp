// SPDX-License-Identifier: MIT
// A weight has no dynamic extent.
// expect: dynamic_weight
// expect: where<kiln::op::weight_op, kiln::core::text<'w'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"n", 64>);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(1_c);
#else
constexpr auto w = kiln::weight<"w", kiln::f32>(kiln::dim<"n", 64>);
#endif
constexpr auto y = x * w;

using net = kiln::compile<y>;
