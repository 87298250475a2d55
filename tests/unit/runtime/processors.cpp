// SPDX-License-Identifier: MIT
// Processors that may be used, and staying on one.
#include <kiln/runtime/processors.hpp>

#include <doctest/doctest.h>

#include <thread>

TEST_CASE("a bound thread has one processor left") {
  const int all = kiln::runtime::usable_processors();
  REQUIRE(all >= 1);
  for (int i = 0; i < all + 1; ++i) {  // one more than there are: it counts round
    bool bound = false;
    int left = 0;
    std::thread([&] {
      bound = kiln::runtime::stay_on_processor(i);
      left = kiln::runtime::usable_processors();
    }).join();
#if defined(__linux__)
    CHECK(bound);
    CHECK(left == 1);
#else
    CHECK_FALSE(bound);
    CHECK(left == all);
#endif
  }
  CHECK(kiln::runtime::usable_processors() == all);
}
