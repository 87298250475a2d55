// SPDX-License-Identifier: MIT
// One call site, one operand type, two values.
// expect: two_values_for_one_constant
// expect: expected<kiln::core::text<'2'> ?>
// expect: actual<kiln::core::text<'3'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto scaled = [](auto v, float s) { return v * s; };
#ifdef KILN_EXPECT_OK
constexpr auto y = scaled(x, 2.0F) + kiln::scope<"b">([](auto v) { return scaled(v, 3.0F); }, x);
#else
constexpr auto y = scaled(x, 2.0F) + scaled(x, 3.0F);
#endif

using net = kiln::compile<y>;
