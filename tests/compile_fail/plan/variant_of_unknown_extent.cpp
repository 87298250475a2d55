// SPDX-License-Identifier: MIT
// A variant for an extent that the net does not have.
// expect: a variant names a dynamic extent that the net has not, or no values of it
#include <kiln/kiln.hpp>

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 8>, 4_c);
constexpr auto y = kiln::relu(x);

struct chosen : kiln::settings {
#ifdef KILN_EXPECT_OK
  static constexpr auto variants = kiln::plan::variants(kiln::plan::when<"batch">(1));
#else
  static constexpr auto variants = kiln::plan::variants(kiln::plan::when<"rows">(1));
#endif
};
static_assert(kiln::compile<y, chosen>::groups == 1);
