// SPDX-License-Identifier: MIT
// A function of a weight that no constant expression computes.
// expect: packing_mistake::operator_needs_run_time
// expect: where<(kiln::core::)?text<'e', 'x', 'p'>
#include <kiln/kiln.hpp>

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(2_c, 3_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(3_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = x * kiln::abs(w);
#else
constexpr auto y = x * kiln::exp(w);
#endif

constexpr float w_data[3] = {};
constexpr auto packed = kiln::compile<y>::pack(kiln::bind<"w", w_data>());
