// SPDX-License-Identifier: MIT
// A result called as an input is: views could not be told apart.
// expect: duplicate_name
// expect: where<kiln::dsl::result, kiln::core::text<'x'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::outputs<"h">(kiln::relu(x));
#else
constexpr auto y = kiln::outputs<"x">(kiln::relu(x));
#endif

using net = kiln::compile<y>;
