// SPDX-License-Identifier: MIT
// A captured pointer to what is no constant.
// expect: cannot_compare_captures
// expect: where<kiln::op::map_op> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
float gain = 2;
constexpr auto amplified = [](auto v, const float* g) {
  return kiln::map([g](float e) { return e * *g; }, v);
};
constexpr auto a = amplified(x, &gain);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::relu(a);
#else
constexpr auto y = kiln::relu(a) + a;
#endif

using net = kiln::compile<y>;
