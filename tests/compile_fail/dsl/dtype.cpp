// SPDX-License-Identifier: MIT
// Integers in arithmetic need a cast.
// expect: wrong_dtype
// expect: where<kiln::op::relu_op
// expect: actual<.*u8, 4, 8> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::u8>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::relu(kiln::cast<kiln::f32>(x));
#else
constexpr auto y = kiln::relu(x);
#endif

using net = kiln::compile<y>;
