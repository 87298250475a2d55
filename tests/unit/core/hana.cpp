// SPDX-License-Identifier: MIT
// Tests kiln/core/hana.hpp.
#include <kiln/core/hana.hpp>

#include <doctest/doctest.h>

namespace {

using namespace boost::hana::literals;

constexpr boost::hana::basic_tuple<int, double> values(7, 0.5);
static_assert(boost::hana::at_c<0>(values) == 7 && boost::hana::at_c<1>(values) == 0.5);
static_assert(decltype(512_c)::value == 512);

}  // namespace

TEST_CASE("a tuple keeps values of different types") {
  int sum = 0;
  const boost::hana::basic_tuple<int, short> mixed(3, static_cast<short>(4));
  sum += boost::hana::at_c<0>(mixed) + boost::hana::at_c<1>(mixed);
  CHECK(sum == 7);
}
