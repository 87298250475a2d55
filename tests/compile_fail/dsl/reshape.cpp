// SPDX-License-Identifier: MIT
// A reshape to another number of elements.
// expect: wrong_size
// expect: where<kiln::op::reshape_op

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::reshape(x, 2_c, kiln::rest);
#else
constexpr auto y = kiln::reshape(x, 5_c, kiln::rest);
#endif

using net = kiln::compile<y>;
