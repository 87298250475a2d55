// SPDX-License-Identifier: MIT
// Lists of moves and the plans between them.
#include <kiln/plan/move.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

// Adds a loop: what a list of moves did can be counted.
struct add_loop_fn final {
  static constexpr std::string_view name = "add_loop";
  template <std::size_t Capacity>
  constexpr plan::plan<Capacity> operator()(plan::plan<Capacity> p) const {
    p.loops.push({});
    return p;
  }
};
struct no_name_fn final {
  template <std::size_t Capacity>
  constexpr plan::plan<Capacity> operator()(plan::plan<Capacity> p) const {
    return p;
  }
};
static_assert(plan::move<add_loop_fn>);
static_assert(!plan::move<no_name_fn>);

constexpr auto twice = plan::moves(add_loop_fn{}, add_loop_fn{});
static_assert(twice.size == 2 && twice.names[1] == "add_loop");
constexpr plan::plan<4> start{};
static_assert(plan::plan_after<twice, start, 0>.loops.size == 0);
static_assert(plan::plan_after<twice, start, 1>.loops.size == 1);

// Some moves want to know how many threads there are, others do not.
struct add_loops_fn final {
  static constexpr std::string_view name = "add_loops";
  int threads = 1;
  [[nodiscard]] constexpr add_loops_fn for_threads(int n) const { return {n}; }
  template <std::size_t Capacity>
  constexpr plan::plan<Capacity> operator()(plan::plan<Capacity> p) const {
    for (int i = 0; i < threads; ++i) p.loops.push({});
    return p;
  }
};
constexpr auto mixed = plan::moves(add_loop_fn{}, add_loops_fn{});
static_assert(mixed(start).loops.size == 2);
static_assert(mixed.for_threads(3)(start).loops.size == 4);

}  // namespace

TEST_CASE("moves are made in order") { CHECK(twice(start).loops.size == 2); }
