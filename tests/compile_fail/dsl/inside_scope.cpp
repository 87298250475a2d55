// SPDX-License-Identifier: MIT
// A mistake inside a scope names its weight with the scope.
// expect: inner_dimensions_differ
// expect: where<kiln::op::matmul_op, kiln::core::text<'l', '0', '\.', 'w'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto w = kiln::weight<"w", kiln::f32>(8_c, 3_c);
#else
constexpr auto w = kiln::weight<"w", kiln::f32>(9_c, 3_c);
#endif
constexpr auto y = kiln::scope<"l0">([](auto v) { return kiln::matmul(v, w); }, x);

using net = kiln::compile<y>;
