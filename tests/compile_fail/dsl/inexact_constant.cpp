// SPDX-License-Identifier: MIT
// A double that is no float.
// expect: constant_does_not_fit_f32
// expect: expected<kiln::core::text<'0', '.', '1', '0', '0'
// expect: actual<kiln::core::text<'0', '.', '1'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = 0.1F * x;
#else
constexpr auto y = 0.1 * x;
#endif

using net = kiln::compile<y>;
