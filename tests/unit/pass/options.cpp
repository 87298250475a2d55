// SPDX-License-Identifier: MIT
// Licences as values.
#include <kiln/pass/options.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

template <pass::options Allowed>
inline constexpr bool as_argument = Allowed.reassociate;
static_assert(as_argument<pass::options{.reassociate = true}>, "options are structural");
static_assert(!as_argument<pass::options{}>);

}  // namespace

TEST_CASE("nothing is allowed by default") {
  constexpr pass::options none{};
  CHECK(!none.reassociate);
  CHECK(!none.reciprocal);
  CHECK(!none.ignore_zero_sign);
  CHECK(none == pass::options{});
  CHECK(none != pass::options{.reciprocal = true});
}
