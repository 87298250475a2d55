// SPDX-License-Identifier: MIT
// Something else than an expression.
// expect: not_an_expression
// expect: actual<int> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = x * 3;
#else
constexpr auto y = 3;
#endif

using net = kiln::compile<y>;
