// SPDX-License-Identifier: MIT
// The names that a net has at run time, as a user spells them.
#include <kiln/runtime/members.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"

using net = support::two;

static_assert(std::is_same_v<net::weights, kiln::runtime::weights<net>>);
static_assert(std::is_same_v<net::context, kiln::runtime::context<net>>);
static_assert(std::is_same_v<decltype(net::view<"sum">(std::declval<float*>())),
                             kiln::runtime::checked_view<net, kiln::runtime::role::output, 0>>);

TEST_CASE("a net is used through its members alone") {
  const net::weights w{};
  net::stack_context c{w};
  float a[4][6], b[4][6], sum[4][6], positive[4][6];
  for (auto& row : a) std::fill(std::begin(row), std::end(row), 1.0F);
  for (auto& row : b) std::fill(std::begin(row), std::end(row), -3.0F);
  const net::arguments arguments{
      net::view<"a">(a), net::view<"b">(b), net::view<"sum">(sum), net::view<"positive">(positive)};
  c.run(arguments);
  CHECK(sum[3][5] == -2.0F);
  CHECK(positive[3][5] == 0.0F);
  // A view of memory that outlives it may be made from a temporary.
  c.run(net::view<"a">(std::span<float>{a[0], 24}),
        net::view<"b">(kiln::rows(&a[0][0], 4, 6)),
        net::view<"sum">(sum),
        net::view<"positive">(&positive[0][0]));
  CHECK(sum[0][0] == 2.0F);
  CHECK(positive[0][0] == 2.0F);
}
