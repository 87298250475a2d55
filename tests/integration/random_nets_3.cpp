// SPDX-License-Identifier: MIT
// Random nets, compiled and run.
#include <support/random_nets.hpp>

TEST_CASE("random nets compute what their graphs mean") {
  kiln::test::check_random_nets<60>(std::make_integer_sequence<std::uint64_t, 20>{});
}
