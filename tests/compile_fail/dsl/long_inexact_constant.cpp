// SPDX-License-Identifier: MIT
// A double that is no float, in a long expression.
// expect: constant_does_not_fit_f32

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, x);
#ifdef KILN_EXPECT_OK
constexpr auto y = h * 0.1F;
#else
constexpr auto y = h * 0.1;
#endif

using net = kiln::compile<y>;
