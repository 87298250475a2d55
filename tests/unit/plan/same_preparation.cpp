// SPDX-License-Identifier: MIT
// Plans that may share packed weights, and plans that may not.
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/same_preparation.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto of(int rows, int k, int n) {
  return plan::place_scratch(plan::trivial(test::linear_graph(rows, k, n)));
}
constexpr auto four = of(4, 5, 6);

static_assert(plan::same_preparation(four, four));
static_assert(plan::same_preparation(four, of(1, 5, 6)), "rows are no part of what is packed");
static_assert(!plan::same_preparation(four, of(4, 5, 7)));
static_assert(!plan::same_preparation(four, of(4, 6, 6)));

}  // namespace

TEST_CASE("every difference in what prepare does is seen") {
  const auto differs = [](auto change) {
    auto p = four;
    change(p);
    return !plan::same_preparation(four, p) && !plan::same_preparation(p, four);
  };
  const auto first = four.items[four.groups[0].first].index;
  const auto packed = [&] {
    for (std::int16_t t = 0;; ++t) {
      if (four.tensors[t].at == plan::place::packed) return t;
    }
  }();
  CHECK_FALSE(differs([](auto&) {}));
  CHECK(differs([](auto& p) { p.packed_bytes += 64; }));
  CHECK(differs([](auto& p) { --p.prepare_groups; }));
  CHECK(differs([&](auto& p) { p.tensors[packed].offset += 64; }));
  CHECK(differs([&](auto& p) { p.tensors[packed].form = plan::layout{7}; }));
  CHECK(differs([&](auto& p) { p.stages[first].kind = plan::anchor::row; }));
  CHECK(differs([&](auto& p) {
    auto& s = p.stages[first];
    ++p.views[p.stores[s.first_store].view].start;
  }));
}
