// SPDX-License-Identifier: MIT
// An extent of a reshape that is none of the tensor's, where a net has as many as it can.
// expect: too_many_symbols
// expect: where<kiln::op::reshape_op
// expect: expected<kiln::dsl::dimensions<4> ?>
// expect: actual<kiln::dsl::dimensions<5> ?>

#include <kiln/kiln.hpp>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(
    kiln::dim<"batch", 3>, kiln::dim<"q", 8>, kiln::dim<"r", 8>, kiln::dim<"s", 8>);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::reshape(x, kiln::dim<"batch", 3>, kiln::rest);
#else
constexpr auto y = kiln::reshape(x, kiln::dim<"batch", 4>, kiln::rest);
#endif

using net = kiln::compile<y>;
