// SPDX-License-Identifier: MIT
// One name for two results.
// expect: duplicate_name
// expect: where<kiln::dsl::result, kiln::core::text<'a'> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::outputs<"a", "b">(kiln::relu(x), -x);
#else
constexpr auto y = kiln::outputs<"a", "a">(kiln::relu(x), -x);
#endif

using net = kiln::compile<y>;
