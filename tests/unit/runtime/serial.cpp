// SPDX-License-Identifier: MIT
// The executor without threads.
#include <kiln/runtime/serial.hpp>

#include <doctest/doctest.h>

#include <vector>

static_assert(kiln::executor<kiln::serial_executor> && kiln::executor<decltype(kiln::serial)>);
static_assert(kiln::serial.threads() == 1 && kiln::serial_executor{7}.threads() == 7);

TEST_CASE("all parts, in order, whatever the number of threads it claims") {
  std::vector<int> order;
  kiln::serial_executor{3}.parallel_for(5, [&](int i) { order.push_back(i); });
  CHECK(order == std::vector{0, 1, 2, 3, 4});
}
