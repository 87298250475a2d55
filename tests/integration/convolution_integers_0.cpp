// SPDX-License-Identifier: MIT
// Convolutions of integers against the meaning of the graph: windows of many kinds.
#include <support/convolutions.hpp>

TEST_CASE("small 3x3, integers") { kiln::test::check_integers<kiln::test::small_3x3>(); }
TEST_CASE("deep 3x3, integers") { kiln::test::check_integers<kiln::test::deep_3x3>(); }
TEST_CASE("first layer, integers") { kiln::test::check_integers<kiln::test::first_layer>(); }
TEST_CASE("one by one, integers") { kiln::test::check_integers<kiln::test::one_by_one>(); }
TEST_CASE("strided one by one, integers") {
  kiln::test::check_integers<kiln::test::strided_one_by_one>();
}
TEST_CASE("unpadded, integers") { kiln::test::check_integers<kiln::test::unpadded>(); }
TEST_CASE("dilated, integers") { kiln::test::check_integers<kiln::test::dilated>(); }
TEST_CASE("grouped, integers") { kiln::test::check_integers<kiln::test::grouped>(); }
