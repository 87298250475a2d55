// SPDX-License-Identifier: MIT
// A matmul with a number.
// expect: wrong_rank
// expect: where<kiln::op::matmul_op, kiln::core::text<'x'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = x * 2;
#else
constexpr auto y = kiln::matmul(x, 2);
#endif

using net = kiln::compile<y>;
