// SPDX-License-Identifier: MIT
// A lambda that takes another number of arguments.
// expect: wrong_arity
// expect: where<kiln::op::map_op
// expect: expected<kiln::dsl::floats<2> ?>
// expect: actual<kiln::dsl::floats<1> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::map([](float a) { return a * a; }, x);
#else
constexpr auto y = kiln::map([](float a) { return a * a; }, x, x);
#endif

using net = kiln::compile<y>;
