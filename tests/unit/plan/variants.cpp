// SPDX-License-Identifier: MIT
// The rules that choose a net's variants.
#include <kiln/plan/variants.hpp>

#include <doctest/doctest.h>

#include <array>

namespace {

using namespace kiln;

constexpr tensor::symbol_table table{{{"batch", 64}, {"steps", 8}}};

constexpr auto usual = plan::single_or_many(table, 2);
static_assert(usual.size == 2 && usual.fits);
static_assert(usual[0].of[0] == plan::interval{1, 1} && usual[0].of[1] == plan::interval{1, 8});
static_assert(usual[1].of[0] == plan::interval{2, 64} && usual[1].of[1] == plan::interval{1, 8});
static_assert(plan::single_or_many({}, 0).size == 1, "a static net has one plan");
static_assert(plan::single_or_many({{{"batch", 1}}}, 1).size == 1, "an extent of one value too");
static_assert(plan::one_for_all(table, 2).size == 1);

constexpr auto rule =
    plan::variants(plan::when<"batch">(1).with<"steps">(1), plan::when<"batch">(2, 16));
constexpr auto chosen = rule(table, 2);
static_assert(chosen.size == 3 && chosen.fits, "the last one takes what is left");
static_assert(chosen[0].of[0] == plan::interval{1, 1} && chosen[0].of[1] == plan::interval{1, 1});
static_assert(chosen[1].of[0] == plan::interval{2, 16} && chosen[1].of[1] == plan::interval{1, 8});
static_assert(chosen[2] == plan::any_value(table, 2));

static_assert(!plan::variants(plan::when<"rows">(1))(table, 2).fits, "no such extent");
static_assert(!plan::variants(plan::when<"batch">(65))(table, 2).fits, "above its bound");
static_assert(!plan::variants(plan::when<"batch">(0, 3))(table, 2).fits, "no extent is 0");
static_assert(!plan::variants(plan::when<"batch">(5, 4))(table, 2).fits, "no value at all");

constexpr auto by_threads = plan::variants(plan::when_threads(2, 3),
                                           plan::when<"batch">(1).with_threads(4, 8),
                                           plan::when_threads(9))(table, 2);
static_assert(by_threads.size == 4 && by_threads.fits);
static_assert(by_threads[0].threads == plan::interval{2, 3});
static_assert(by_threads[0].of[0] == plan::interval{1, 64});
static_assert(by_threads[1].threads == plan::interval{4, 8} && by_threads[1].of[0].is_one_value());
static_assert(by_threads[2].threads.has(1000) && !by_threads[2].threads.has(8));
static_assert(by_threads[3].threads == plan::any_threads);
static_assert(!plan::variants(plan::when_threads(3, 2))(table, 2).fits, "no number at all");
static_assert(!plan::variants(plan::when_threads(0, 2))(table, 2).fits, "one thread is the least");

}  // namespace

TEST_CASE("scratch is enough for the largest variant") {
  plan::plan<4> small{}, large{};
  small.scratch_bytes = 64;
  large.scratch_bytes = 640;
  const std::array<plan::variant<4>, 2> both{{{{}, &large}, {{}, &small}}};
  CHECK(plan::scratch_of(both) == 640);
}

TEST_CASE("scratch of several threads is that of the variants for so many") {
  plan::plan<4> one{}, any{};
  one.scratch_bytes = 6400;
  any.shared_bytes = 64;
  any.block_bytes = 128;
  any.scratch_bytes = 192;
  plan::guard alone{};
  alone.threads = {1, 1};
  const std::array<plan::variant<4>, 2> both{{{alone, &one}, {{}, &any}}};
  CHECK(plan::scratch_of(both) == 6400);
  CHECK(plan::scratch_of(both, 3) == 64 + 2 * 256 + 128);
}
