// SPDX-License-Identifier: MIT
// Convolutions of integers against the meaning of the graph: groups, layouts, places of the
// filters.
#include <support/convolutions.hpp>

TEST_CASE("small groups, integers") { kiln::test::check_integers<kiln::test::small_groups>(); }
TEST_CASE("depthwise 3x3, integers") { kiln::test::check_integers<kiln::test::depthwise_3x3>(); }
TEST_CASE("depthwise 5x5, integers") { kiln::test::check_integers<kiln::test::depthwise_5x5>(); }
TEST_CASE("depthwise 9x9, integers") { kiln::test::check_integers<kiln::test::depthwise_9x9>(); }
TEST_CASE("run time filters, integers") {
  kiln::test::check_integers<kiln::test::run_time_filters>();
}
TEST_CASE("channels first, integers") { kiln::test::check_integers<kiln::test::channels_first>(); }
TEST_CASE("crowded, integers") { kiln::test::check_integers<kiln::test::crowded>(); }
TEST_CASE("one dimensional, integers") {
  kiln::test::check_integers<kiln::test::one_dimensional>();
}
TEST_CASE("cut one by one, integers") { kiln::test::check_integers<kiln::test::cut_one_by_one>(); }
TEST_CASE("cut first layer, integers") {
  kiln::test::check_integers<kiln::test::cut_first_layer>();
}
TEST_CASE("wide depthwise, integers") { kiln::test::check_integers<kiln::test::wide_depthwise>(); }
