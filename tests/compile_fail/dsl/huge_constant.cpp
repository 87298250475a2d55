// SPDX-License-Identifier: MIT
// A double beyond the range of float.
// expect: constant_does_not_fit_f32
// expect: actual<kiln::core::text<'1', 'e', '\+', '3', '0', '0'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = x * 1e30F;
#else
constexpr auto y = x * 1e300;
#endif

using net = kiln::compile<y>;
