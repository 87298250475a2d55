// SPDX-License-Identifier: MIT
// A lambda of another arity, in a long expression.
// expect: wrong_arity
// expect: where<kiln::op::map_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, x);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::map([](float a) { return a; }, h);
#else
constexpr auto y = kiln::map([](float a, float b) { return a + b; }, h);
#endif

using net = kiln::compile<y>;
