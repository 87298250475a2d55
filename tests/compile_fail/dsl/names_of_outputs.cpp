// SPDX-License-Identifier: MIT
// Two names for three results.
// expect: wrong_number_of_names
// expect: where<kiln::dsl::call_of_outputs>
// expect: expected<kiln::dsl::names<3> ?>
// expect: actual<kiln::dsl::names<2> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::outputs<"a", "b", "c">(-x, kiln::relu(x), kiln::tanh(x));
#else
constexpr auto y = kiln::outputs<"a", "b">(-x, kiln::relu(x), kiln::tanh(x));
#endif

using net = kiln::compile<y>;
