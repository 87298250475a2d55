// SPDX-License-Identifier: MIT
// Scratch of several threads.
#include <kiln/plan/plan.hpp>
#include <kiln/plan/team_scratch.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;

constexpr auto with_block(std::int64_t shared, std::int64_t block) {
  plan::plan<4> p{};
  p.shared_bytes = shared;
  p.block_bytes = block;
  p.scratch_bytes = shared + block;
  return p;
}
static_assert(plan::scratch_for(with_block(640, 0), 64) == 640, "shared scratch is there once");
static_assert(plan::scratch_for(with_block(640, 128), 1) == 768);
static_assert(plan::scratch_for(with_block(640, 128), 3) == 640 + 2 * 256 + 128);
static_assert(plan::block_distance(with_block(0, 64)) == 128, "no pair of lines in two blocks");
static_assert(plan::block_distance(with_block(0, 8192)) == 8192 + 128);

}  // namespace

TEST_CASE("blocks do not overlap, are aligned, and are not multiples of 4 KiB apart") {
  for (std::int64_t bytes = 0; bytes < 20000; bytes += 64) {
    const auto p = with_block(64, bytes);
    const std::int64_t distance = plan::block_distance(p);
    CHECK(distance >= bytes);
    CHECK(distance % plan::scratch_alignment == 0);
    CHECK((bytes == 0 || distance % 4096 != 0));
    CHECK(plan::scratch_for(p, 5) == 64 + 4 * distance + bytes);
  }
}
