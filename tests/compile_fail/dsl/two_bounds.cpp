// SPDX-License-Identifier: MIT
// One dynamic extent with two bounds.
// expect: two_bounds_for_one_symbol
// expect: expected<kiln::dsl::symbol_type<kiln::core::text<'n'>, 64> ?>
// expect: actual<kiln::dsl::symbol_type<kiln::core::text<'n'>, 32> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto a = kiln::input<"a", kiln::f32>(kiln::dim<"n", 64>);
#ifdef KILN_EXPECT_OK
constexpr auto b = kiln::input<"b", kiln::f32>(kiln::dim<"n", 64>);
#else
constexpr auto b = kiln::input<"b", kiln::f32>(kiln::dim<"n", 32>);
#endif
constexpr auto y = kiln::outputs(kiln::relu(a), kiln::relu(b));

using net = kiln::compile<y>;
