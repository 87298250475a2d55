// SPDX-License-Identifier: MIT
// Copies of packed weights: for whom, where, and what is in them.
#include <kiln/runtime/packed_copies.hpp>
#include <kiln/runtime/serial.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using namespace kiln::runtime;

namespace {

constexpr kiln::core::target small = [] {
  kiln::core::target t = kiln::core::native;
  t.tiles = false;
  t.l2_bytes = 1 << 20;
  return t;
}();
static_assert(pays_to_copy(1, 2, small) && pays_to_copy(512 << 10, 16, small));
static_assert(!pays_to_copy((512 << 10) + 1, 2, small), "they would not stay in the caches");
static_assert(!pays_to_copy(1000, 1, small), "nobody shares them");
static_assert(!pays_to_copy(1000, 17, small), "too much memory");
static_assert(!pays_to_copy(0, 2, small), "there are none");
static_assert(copy_distance(1) == 256 && copy_distance(128) == 256 && copy_distance(129) == 384);

std::vector<std::byte> pattern(std::size_t bytes) {
  std::vector<std::byte> v(bytes);
  for (std::size_t i = 0; i < bytes; ++i) v[i] = static_cast<std::byte>(i * 7 % 251);
  return v;
}

template <class Executor>
void check_copies(Executor& e, std::size_t bytes) {
  const auto packed = pattern(bytes);
  const kiln::core::team team(e);
  const kiln::tensor::buffer copies = copies_for(team, packed.data(), bytes, small);
  const std::size_t distance = copy_distance(bytes);
  REQUIRE(copies.size_bytes() == static_cast<std::size_t>(team.threads() - 1) * distance);
  for (int t = 1; t < team.threads(); ++t) {
    const std::byte* const at = copies.data() + static_cast<std::size_t>(t - 1) * distance;
    CHECK(std::memcmp(at, packed.data(), bytes) == 0);
  }
}

}  // namespace

TEST_CASE("every thread but the first has all bytes, in lines of its own") {
  thread_pool pool{3};
  serial_executor in_order{2};
  for (const std::size_t bytes : {1U, 64U, 4096U, 10000U}) {
    check_copies(pool, bytes);
    check_copies(in_order, bytes);
  }
}

TEST_CASE("where they do not pay there are none") {
  const auto packed = pattern(1000);
  CHECK(copies_for({}, packed.data(), 1000, small).data() == nullptr);
  serial_executor many{17};
  CHECK(copies_for(kiln::core::team(many), packed.data(), 1000, small).data() == nullptr);
}
