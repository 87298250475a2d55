// SPDX-License-Identifier: MIT
// Dynamic extents are spelled with their name and bound.
// expect: inner_dimensions_differ
// expect: where<kiln::op::matmul_op, kiln::core::text<'x'> ?>
// expect: symbol_type<kiln::core::text<'b'>, 512> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto w = kiln::weight<"w", kiln::f32>(4_c, 3_c);
#ifdef KILN_EXPECT_OK
constexpr auto x = kiln::input<"x", kiln::f32>(3_c, kiln::dim<"b", 512>);
#else
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"b", 512>, 8_c);
#endif
constexpr auto y = kiln::matmul(w, x);

using net = kiln::compile<y>;
