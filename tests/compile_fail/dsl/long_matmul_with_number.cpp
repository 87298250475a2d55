// SPDX-License-Identifier: MIT
// A number where a matrix is needed, in a long expression.
// expect: wrong_rank
// expect: where<kiln::op::matmul_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, x);
#ifdef KILN_EXPECT_OK
constexpr auto y = h * 2;
#else
constexpr auto y = kiln::matmul(h, 2);
#endif

using net = kiln::compile<y>;
