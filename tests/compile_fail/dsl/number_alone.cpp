// SPDX-License-Identifier: MIT
// A function of a number.
// expect: not_an_expression
// expect: where<kiln::op::relu_op> ?
// expect: actual<int> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::relu(x);
#else
constexpr auto y = kiln::relu(3);
#endif
