// SPDX-License-Identifier: MIT
// A map of something that cannot be called.
// expect: not_callable
// expect: where<kiln::op::map_op
// expect: actual<kiln::dsl::something_else> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::map([](float a) { return -a; }, x);
#else
constexpr auto y = kiln::map("f", x);
#endif

using net = kiln::compile<y>;
