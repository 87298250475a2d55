// SPDX-License-Identifier: MIT
// An expression that is no constant.
// expect: not_constexpr
// expect: where<kiln::dsl::compiled> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::relu(x);
#else
auto y = kiln::relu(x);
#endif

using net = kiln::compile<y>;
