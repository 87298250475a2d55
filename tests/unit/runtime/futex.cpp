// SPDX-License-Identifier: MIT
// Sleeping and waking by an atomic number.
#include <kiln/runtime/futex.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

TEST_CASE("another number than was seen: no sleep") {
  const std::atomic<int> x{1};
  kiln::runtime::sleep_while(x, 2);
  CHECK(x.load() == 1);
}

TEST_CASE("whoever sleeps is woken, turn by turn") {
  std::atomic<int> turn{0};
  constexpr int rounds = 2000;
  int seen = 0;
  std::thread other([&] {
    for (int i = 0; i < rounds; ++i) {
      while (turn.load() == 2 * i) kiln::runtime::sleep_while(turn, 2 * i);
      ++seen;
      turn.store(2 * i + 2);
      kiln::runtime::wake_one(turn);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    turn.store(2 * i + 1);
    kiln::runtime::wake_one(turn);
    while (turn.load() == 2 * i + 1) kiln::runtime::sleep_while(turn, 2 * i + 1);
  }
  other.join();
  CHECK(seen == rounds);
}
