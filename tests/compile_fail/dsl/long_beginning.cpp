// SPDX-License-Identifier: MIT
// A mistake at the beginning of a long expression.
// expect: inner_dimensions_differ
// expect: where<kiln::op::matmul_op, kiln::core::text<'w'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 8_c);
#else
constexpr auto w = kiln::weight<"w", kiln::f32>(9_c, 8_c);
#endif
constexpr auto y =
    kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, kiln::matmul(x, w));

using net = kiln::compile<y>;
