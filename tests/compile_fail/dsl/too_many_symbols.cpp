// SPDX-License-Identifier: MIT
// More dynamic extents than a net can have.
// expect: too_many_symbols
// expect: expected<kiln::dsl::dimensions<4> ?>
// expect: actual<kiln::dsl::dimensions<5> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto a = kiln::input<"a", kiln::f32>(
    kiln::dim<"p", 8>, kiln::dim<"q", 8>, kiln::dim<"r", 8>, kiln::dim<"s", 8>);
#ifdef KILN_EXPECT_OK
constexpr auto b = kiln::input<"b", kiln::f32>(kiln::dim<"s", 8>);
#else
constexpr auto b = kiln::input<"b", kiln::f32>(kiln::dim<"t", 8>);
#endif
constexpr auto y = kiln::outputs(kiln::relu(a), kiln::relu(b));

using net = kiln::compile<y>;
