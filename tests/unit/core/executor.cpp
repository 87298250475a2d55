// SPDX-License-Identifier: MIT
// What counts as an executor, and references to one.
#include <kiln/core/executor.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace kiln;

// A user's executor: the parts from the last one to the first.
struct backwards {
  int jobs = 0;
  unsigned threads() const { return 3; }
  template <class F>
  void parallel_for(int n, F f) {
    ++jobs;
    for (int i = n; i-- > 0;) f(i);
  }
};
// One that takes functions of the C kind, every part twice so that it is seen.
struct twice {
  int threads() const { return 2; }
  template <class F>
  void parallel_for(int, const F&) const {}
  void run_parts(int n, void (*run)(const void*, int) noexcept, const void* p) const noexcept {
    for (int i = 0; i < 2 * n; ++i) run(p, i / 2);
  }
};
struct without_threads {
  template <class F>
  void parallel_for(int n, F f);
};
struct none {
  int threads() const { return 0; }
  template <class F>
  void parallel_for(int, const F&) const {}
};

static_assert(kiln::executor<backwards> && kiln::executor<const none>);
static_assert(kiln::executor<twice>);
static_assert(!kiln::executor<without_threads> && !kiln::executor<int>);
static_assert(!kiln::executor<const backwards>, "its parallel_for changes it");
static_assert(core::team{}.threads() == 1);
static_assert(kiln::executor<core::team> && kiln::executor<const core::team>);

std::vector<int> order_on(const core::team& team, int parts) {
  std::vector<int> order;
  team.parallel_for(parts, [&](int i) noexcept { order.push_back(i); });
  return order;
}

}  // namespace

TEST_CASE("without an executor, the parts run one after the other") {
  CHECK(order_on({}, 4) == std::vector{0, 1, 2, 3});
  CHECK(order_on({}, 0).empty());
}

TEST_CASE("a team calls the executor that it refers to") {
  backwards e;
  const core::team team(e);
  CHECK(team.threads() == 3);
  CHECK(order_on(team, 4) == std::vector{3, 2, 1, 0});
  const core::team copy = team;
  CHECK(order_on(copy, 2) == std::vector{1, 0});
  CHECK(e.jobs == 2);
}

TEST_CASE("a team prefers run_parts") {
  const twice e;
  CHECK(order_on(core::team(e), 2) == std::vector{0, 0, 1, 1});
}

TEST_CASE("a team has at least the thread that calls") {
  const none e;
  CHECK(core::team(e).threads() == 1);
}
