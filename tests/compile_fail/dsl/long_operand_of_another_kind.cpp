// SPDX-License-Identifier: MIT
// An operand of another kind, in a long expression.
// expect: not_an_expression
// expect: where<kiln::op::mul_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, x);
struct stranger {};
#ifdef KILN_EXPECT_OK
constexpr auto y = h * 2;
#else
constexpr auto y = h * stranger{};
#endif

using net = kiln::compile<y>;
