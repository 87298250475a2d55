// SPDX-License-Identifier: MIT
// Convolutions of floats against the meaning of the graph: groups, layouts, places of the filters.
#include <support/convolutions.hpp>

TEST_CASE("small groups, floats") { kiln::test::check_floats<kiln::test::small_groups>(); }
TEST_CASE("depthwise 3x3, floats") { kiln::test::check_floats<kiln::test::depthwise_3x3>(); }
TEST_CASE("depthwise 5x5, floats") { kiln::test::check_floats<kiln::test::depthwise_5x5>(); }
TEST_CASE("depthwise 9x9, floats") { kiln::test::check_floats<kiln::test::depthwise_9x9>(); }
TEST_CASE("run time filters, floats") { kiln::test::check_floats<kiln::test::run_time_filters>(); }
TEST_CASE("channels first, floats") { kiln::test::check_floats<kiln::test::channels_first>(); }
TEST_CASE("crowded, floats") { kiln::test::check_floats<kiln::test::crowded>(); }
TEST_CASE("one dimensional, floats") { kiln::test::check_floats<kiln::test::one_dimensional>(); }
TEST_CASE("cut one by one, floats") { kiln::test::check_floats<kiln::test::cut_one_by_one>(); }
TEST_CASE("cut first layer, floats") { kiln::test::check_floats<kiln::test::cut_first_layer>(); }
TEST_CASE("wide depthwise, floats") { kiln::test::check_floats<kiln::test::wide_depthwise>(); }
