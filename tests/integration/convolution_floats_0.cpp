// SPDX-License-Identifier: MIT
// Convolutions of floats against the meaning of the graph: windows of many kinds.
#include <support/convolutions.hpp>

TEST_CASE("small 3x3, floats") { kiln::test::check_floats<kiln::test::small_3x3>(); }
TEST_CASE("deep 3x3, floats") { kiln::test::check_floats<kiln::test::deep_3x3>(); }
TEST_CASE("first layer, floats") { kiln::test::check_floats<kiln::test::first_layer>(); }
TEST_CASE("one by one, floats") { kiln::test::check_floats<kiln::test::one_by_one>(); }
TEST_CASE("strided one by one, floats") {
  kiln::test::check_floats<kiln::test::strided_one_by_one>();
}
TEST_CASE("unpadded, floats") { kiln::test::check_floats<kiln::test::unpadded>(); }
TEST_CASE("dilated, floats") { kiln::test::check_floats<kiln::test::dilated>(); }
TEST_CASE("grouped, floats") { kiln::test::check_floats<kiln::test::grouped>(); }
