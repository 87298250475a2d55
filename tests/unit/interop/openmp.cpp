// SPDX-License-Identifier: MIT
// OpenMP's threads as an executor, in a build with OpenMP.
#include <kiln/interop/openmp.hpp>

#include <doctest/doctest.h>

#if defined(_OPENMP)

#  include <array>
#  include <atomic>

static_assert(kiln::executor<kiln::openmp_executor> && kiln::executor<const kiln::openmp_executor>);

TEST_CASE("every part once, on as many threads as there are or more") {
  for (const int threads : {1, 2, 3, 7}) {
    const kiln::openmp_executor e{threads};
    CHECK(e.threads() == threads);
    for (const int parts : {0, 1, 2, 5, 64}) {
      std::array<std::atomic<int>, 64> times{};
      const kiln::team team(e);
      team.parallel_for(parts, [&](int i) noexcept { ++times[static_cast<std::size_t>(i)]; });
      for (int i = 0; i < 64; ++i) CHECK(times[static_cast<std::size_t>(i)] == (i < parts));
    }
  }
  CHECK(kiln::openmp_executor().threads() == omp_get_max_threads());
}

TEST_CASE("a job inside of a job") {
  const kiln::openmp_executor e{2};
  std::atomic<int> times{0};
  e.parallel_for(2, [&](int) { e.parallel_for(3, [&](int) { ++times; }); });
  CHECK(times == 6);
}

#else

TEST_CASE("without OpenMP there is no executor of its") {
  CHECK_FALSE(kiln::executor<int>);  // the header can be included all the same
}

#endif
