// SPDX-License-Identifier: MIT
// A matmul of a vector.
// expect: wrong_rank
// expect: where<kiln::op::matmul_op, kiln::core::text<'w'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 1_c);
#else
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c);
#endif
constexpr auto y = kiln::matmul(x, w);

using net = kiln::compile<y>;
