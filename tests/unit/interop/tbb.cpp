// SPDX-License-Identifier: MIT
// An arena of oneTBB as an executor, where there is oneTBB.
#include <kiln/interop/tbb.hpp>

#include <doctest/doctest.h>

#if __has_include(<oneapi/tbb/task_arena.h>)

#  include <array>
#  include <atomic>

static_assert(kiln::executor<kiln::tbb_executor> && kiln::executor<const kiln::tbb_executor>);

TEST_CASE("every part once, on as many threads as the arena has or more") {
  for (const int threads : {1, 2, 3}) {
    oneapi::tbb::task_arena arena(threads);
    const kiln::tbb_executor e(arena);
    CHECK(e.threads() == threads);
    for (const int parts : {0, 1, 2, 5, 64}) {
      std::array<std::atomic<int>, 64> times{};
      const kiln::team team(e);
      team.parallel_for(parts, [&](int i) noexcept { ++times[static_cast<std::size_t>(i)]; });
      for (int i = 0; i < 64; ++i) CHECK(times[static_cast<std::size_t>(i)] == (i < parts));
    }
  }
}

TEST_CASE("a job inside of a job") {
  oneapi::tbb::task_arena arena(2);
  const kiln::tbb_executor e(arena);
  std::atomic<int> times{0};
  e.parallel_for(2, [&](int) { e.parallel_for(3, [&](int) { ++times; }); });
  CHECK(times == 6);
}

#else

TEST_CASE("without oneTBB there is no executor of its") {
  CHECK_FALSE(kiln::executor<int>);  // the header can be included all the same
}

#endif
