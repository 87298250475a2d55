// SPDX-License-Identifier: MIT
// One name for two weights.
// expect: duplicate_name
// expect: where<kiln::op::weight_op, kiln::core::text<'w'> ?>
// expect: expected<kiln::op::weight_op, .*8, 8> ?>
// expect: actual<kiln::op::weight_op, .*8, 4> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto v = kiln::weight<"v", kiln::f32>(8_c, 4_c);
#else
constexpr auto v = kiln::weight<"w", kiln::f32>(8_c, 4_c);
#endif
constexpr auto y = kiln::matmul(kiln::matmul(x, w), v);

using net = kiln::compile<y>;
