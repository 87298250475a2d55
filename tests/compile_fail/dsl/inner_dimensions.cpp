// SPDX-License-Identifier: MIT
// A matmul whose sides do not fit, told by its weight.
// expect: error
// expect: inner_dimensions_differ
// expect: where<kiln::op::matmul_op, kiln::core::text<'w', '1'> ?>
// expect: expected<kiln::dsl::typed<kiln::tensor::(dtype::)?f32, 8, 3> ?>
// expect: actual<kiln::dsl::typed<kiln::tensor::(dtype::)?f32, 9, 3> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(8_c, 3_c);
#else
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(9_c, 3_c);
#endif
constexpr auto y = kiln::relu(kiln::matmul(x, w1)) * 2.0F;

using net = kiln::compile<y>;
