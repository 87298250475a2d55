// SPDX-License-Identifier: MIT
// One name for two things, in a long expression.
// expect: duplicate_name

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

// 200 nodes: the text must not grow with the expression.
constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::repeat<66>([](auto v) { return kiln::relu(v) + v * 2.0F; }, x);
#ifdef KILN_EXPECT_OK
constexpr auto b = kiln::weight<"b", kiln::f32>(8_c);
#else
constexpr auto b = kiln::weight<"x", kiln::f32>(8_c);
#endif
constexpr auto y = h + b;

using net = kiln::compile<y>;
