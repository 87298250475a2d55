// SPDX-License-Identifier: MIT
// A softmax along an axis that is not there.
// expect: wrong_axis
// expect: where<kiln::op::softmax_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::softmax<1>(x);
#else
constexpr auto y = kiln::softmax<2>(x);
#endif

using net = kiln::compile<y>;
