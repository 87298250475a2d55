// SPDX-License-Identifier: MIT
// Which values a guard lets through.
#include <kiln/plan/guard.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

constexpr tensor::symbol_table table{{{"batch", 9}, {"steps", 4}}};

static_assert(plan::interval{2, 5}.has(2) && plan::interval{2, 5}.has(5));
static_assert(!plan::interval{2, 5}.has(1) && !plan::interval{2, 5}.has(6));
static_assert(plan::interval{3, 3}.is_one_value() && !plan::interval{3, 4}.is_one_value());
static_assert(plan::any_value(table, 2).of[1] == plan::interval{1, 4});

}  // namespace

TEST_CASE("every symbol has to be in its interval") {
  plan::guard w = plan::any_value(table, 2);
  w.of[0] = {2, 3};
  for (std::int64_t batch = 1; batch <= 9; ++batch) {
    for (std::int64_t steps = 1; steps <= 5; ++steps) {
      const std::int64_t values[] = {batch, steps};
      CHECK(w.holds(values) == ((batch == 2 || batch == 3) && steps <= 4));
    }
  }
}

TEST_CASE("the number of threads has to be in its interval too") {
  plan::guard w = plan::any_value(table, 1);
  const std::int64_t values[] = {9};
  CHECK(w.holds(values));
  CHECK(w.holds(values, 1000000));
  w.threads = {2, 4};
  CHECK_FALSE(w.holds(values));  // without a word, one
  for (int threads = 1; threads <= 6; ++threads) {
    CHECK(w.holds(values, threads) == (threads >= 2 && threads <= 4));
  }
}

TEST_CASE("a static graph has one guard, and it holds") {
  CHECK(plan::any_value({}, 0).holds(nullptr));
}
