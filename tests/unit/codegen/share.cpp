// SPDX-License-Identifier: MIT
// How steps of parallel loops are shared out.
#include <kiln/codegen/share.hpp>
#include <kiln/plan/builder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace {

using namespace kiln;
using codegen::shared_loop;
using codegen::sharing;
using codegen::stretch;

std::vector<stretch> stretches(const sharing& s, int part) {
  std::vector<stretch> all;
  s.for_each_stretch(part, [&](const stretch& x) { all.push_back(x); });
  return all;
}

constexpr stretch first_of(const sharing& s, int part) {
  stretch found{};
  bool seen = false;
  s.for_each_stretch(part, [&](const stretch& x) {
    if (!seen) found = x;
    seen = true;
  });
  return found;
}

// Whole steps where they come out even: 8 steps of 64 are 4 for each of two threads.
constexpr sharing even({512, 64, 1}, 1, 2);
static_assert(even.parts() == 2 && first_of(even, 1).first == 256);
// 3 threads: 170 or 171 rows each.
constexpr sharing odd({512, 64, 1}, 1, 3);
static_assert(first_of(odd, 0).end == 170 && first_of(odd, 2).first == 341);
// 50 steps for 3: one more or less is not worth a step that is cut.
static_assert(first_of(sharing({50 * 64, 64, 1}, 1, 3), 1).first == 16 * 64);
// 12 heads, then 1 x 12 of them.
static_assert(first_of(sharing({12, 1, 1}, 1, 2), 1).first == 6);
static_assert(first_of(sharing({12, 1, 1}, 4, 8), 1).first == 6);
static_assert(sharing({1, 1, 1}, 1, 64).parts() == 1);
static_assert(sharing({5, 8, 1}, 1, 64).parts() == 5, "no part is empty");
static_assert(sharing({40, 8, 16}, 1, 64).parts() == 3, "no unit is cut");

// Loops around `inner` items; the loops' roles and steps.
constexpr int shared(std::initializer_list<plan::loop> loops, bool with_item_behind = false) {
  plan::builder<16> b{};
  const auto type = tensor::static_type(f32, 16);
  const int x = b.add_tensor(0, type, plan::place::argument);
  const int y = b.add_tensor(1, type, plan::place::result);
  b.begin_group();
  int left = static_cast<int>(loops.size());
  for (const plan::loop& l : loops) {
    b.add_item({true, b.p.loops.push(l), static_cast<std::int16_t>(left--)});
  }
  b.add_copy(1, type, b.whole(x), b.whole(y));
  if (with_item_behind) b.add_copy(1, type, b.whole(x), b.whole(y));
  return codegen::shared_loops(b.p, b.p.groups[0]);
}
constexpr plan::loop parallel(int step) { return {plan::role::parallel, {12}, step}; }
constexpr plan::loop serial(int step) { return {plan::role::serial, {12}, step}; }
static_assert(shared({}) == 0);
static_assert(shared({parallel(4)}) == 1);
static_assert(shared({parallel(4)}, true) == 0, "an item behind the loop is nobody's");
static_assert(shared({serial(1), parallel(1)}) == 0);
static_assert(shared({parallel(1), parallel(1), parallel(4)}) == 3);
static_assert(shared({parallel(1), parallel(4), parallel(1)}) == 2);
static_assert(shared({parallel(1), serial(1)}) == 1);

}  // namespace

TEST_CASE("every element once, in order, in parts that are alike") {
  for (const int extent : {1, 2, 7, 16, 63, 64, 65, 200, 512}) {
    for (const int step : {1, 5, 16, 64}) {
      for (const int grain : {1, 16, 64}) {
        for (const int outer : {1, 3, 12}) {
          for (const int threads : {1, 2, 3, 7, 64}) {
            CAPTURE(extent);
            CAPTURE(step);
            CAPTURE(grain);
            CAPTURE(outer);
            CAPTURE(threads);
            const sharing s({extent, step, grain}, outer, threads);
            REQUIRE(s.parts() >= 1);
            REQUIRE(s.parts() <= threads);
            std::int64_t next = 0, least = extent * outer, most = 0;
            for (int part = 0; part < s.parts(); ++part) {
              std::int64_t mine = 0;
              for (const stretch& x : stretches(s, part)) {
                REQUIRE(x.outer * extent + x.first == next);
                REQUIRE(x.end > x.first);
                REQUIRE(x.end <= extent);
                REQUIRE(x.first % grain == 0);
                next = x.outer * extent + x.end;
                mine += x.end - x.first;
              }
              least = std::min(least, mine);
              most = std::max(most, mine);
            }
            REQUIRE(next == std::int64_t{extent} * outer);
            const std::int64_t unit = std::max(step, grain);
            REQUIRE(most - least <= (outer > 1 ? 2 : 1) * unit);
          }
        }
      }
    }
  }
}
