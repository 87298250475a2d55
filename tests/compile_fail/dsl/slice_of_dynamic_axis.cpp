// SPDX-License-Identifier: MIT
// A slice of an axis whose extent only a run knows.
// expect: dynamic_extent
// expect: where<kiln::op::slice_op, (kiln::core::)?text<'x'> ?>
// expect: expected<kiln::dsl::static_on_axis<0> ?>
// expect: actual<kiln::dsl::dynamic_typed<.*symbol_type<(kiln::core::)?text<'n'>, 8>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"n", 8>, 16_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::slice<1, 0, 4>(x);
#else
constexpr auto y = kiln::slice<0, 0, 4>(x);
#endif

using net = kiln::compile<y>;
