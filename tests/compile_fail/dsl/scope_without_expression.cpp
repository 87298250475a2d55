// SPDX-License-Identifier: MIT
// The function of a scope returns something else.
// expect: not_an_expression
// expect: where<kiln::dsl::scope_result, kiln::core::text<'l'> ?>
// expect: actual<float> ?

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::scope<"l">([](auto v) { return v * 1.0F; }, x);
#else
constexpr auto y = kiln::scope<"l">([](auto) { return 1.0F; }, x);
#endif

using net = kiln::compile<y>;
