// SPDX-License-Identifier: MIT
// One call site, one operand type, two captures.
// expect: two_values_for_one_callable
// expect: where<kiln::op::map_op> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto scaled = [](auto v, float s) {
  return kiln::map([s](float e) { return e * s; }, v);
};
#ifdef KILN_EXPECT_OK
constexpr auto y = scaled(x, 2.0F) + scaled(x, 2.0F);
#else
constexpr auto y = scaled(x, 2.0F) + scaled(x, 3.0F);
#endif

using net = kiln::compile<y>;
