// SPDX-License-Identifier: MIT
// An extent is at least 1.
// expect: wrong_size
// expect: where<kiln::op::input_op, kiln::core::text<'x'> ?>
// expect: extents_from_1

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::relu(kiln::input<"x", kiln::f32>(1_c));
#else
constexpr auto y = kiln::relu(kiln::input<"x", kiln::f32>(0_c));
#endif

using net = kiln::compile<y>;
