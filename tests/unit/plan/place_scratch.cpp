// SPDX-License-Identifier: MIT
// Offsets of scratch and packed tensors.
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

using namespace kiln;
using plan::place;

// A chain of copies x -> t1 -> t2 -> t3 -> y: at most two scratch tensors live at once.
constexpr auto chain = [] {
  plan::builder<16> b{};
  const auto type = tensor::static_type(f32, 20);
  int from = b.add_tensor(0, type, place::argument);
  for (int i = 1; i <= 4; ++i) {
    const int to = b.add_tensor(i, type, i < 4 ? place::shared : place::result);
    b.begin_group();
    b.add_copy(i, type, b.whole(from), b.whole(to));
    from = to;
  }
  return plan::place_scratch(b.p);
}();
static_assert(chain.tensors[1].offset == 0);
static_assert(chain.tensors[2].offset == 128, "80 bytes, aligned to 64");
static_assert(chain.tensors[3].offset == 0, "the first one is dead");
static_assert(chain.scratch_bytes == 256);

}  // namespace

TEST_CASE("what a loop carries lives as long as the loop") {
  plan::builder<16> b{};
  const auto type = tensor::static_type(f32, 16);
  const int x = b.add_tensor(0, type, place::argument);
  const int kept = b.add_tensor(1, type, place::block);
  const int brief = b.add_tensor(2, type, place::block);
  const int y = b.add_tensor(3, type, place::result);
  b.p.tensors[kept].carried = true;
  b.begin_group();
  b.add_item({true, b.p.loops.push({plan::role::reduce, {4}, 1}), 3});
  b.add_copy(1, type, b.whole(x), b.whole(kept));
  b.add_copy(2, type, b.whole(x), b.whole(brief));
  b.add_copy(3, type, b.whole(brief), b.whole(y));
  const auto p = plan::place_scratch(b.p);
  CHECK(p.tensors[kept].offset != p.tensors[brief].offset);
  b.p.tensors[kept].carried = false;
  CHECK(plan::place_scratch(b.p).scratch_bytes < p.scratch_bytes);
}

// Groups x -> a -> b -> y, b in a loop with c: shared and block scratch in turn.
constexpr auto mixed(plan::role runs, place where) {
  plan::builder<16> b{};
  const auto type = tensor::static_type(f32, 16);
  const int x = b.add_tensor(0, type, place::argument);
  int from = x;
  for (int i = 1; i <= 5; ++i) {
    const int to = b.add_tensor(i, type, i == 5 ? place::result : i == 1 ? place::shared : where);
    if (i < 3) b.begin_group();
    if (i == 2) b.add_item({true, b.p.loops.push({runs, {16}, 4}), 4});
    b.add_copy(i, type, b.whole(from), b.whole(to));
    from = to;
  }
  return plan::place_scratch(b.p);
}
constexpr auto blocks = mixed(plan::role::parallel, place::block);
static_assert(blocks.shared_bytes == 64 && blocks.block_bytes == 128);
static_assert(blocks.scratch_bytes == 192);
static_assert(blocks.tensors[1].offset == 0 && blocks.tensors[2].offset == 64);
static_assert(blocks.tensors[3].offset == 128 && blocks.tensors[4].offset == 64);
static_assert(mixed(plan::role::serial, place::shared).shared_bytes == 192);

TEST_CASE("what steps of a parallel loop share is not reused while the loop runs") {
  const auto p = mixed(plan::role::parallel, place::shared);
  CHECK(p.block_bytes == 0);
  CHECK(p.shared_bytes == 256);
  for (int i = 1; i <= 4; ++i) {
    for (int k = 1; k < i; ++k) CHECK(p.tensors[i].offset != p.tensors[k].offset);
  }
}

TEST_CASE("packed tensors follow one another") {
  plan::builder<16> b{};
  const auto type = tensor::static_type(f32, 17);
  const int first = b.add_tensor(0, type, place::packed);
  const int second = b.add_tensor(1, type, place::packed);
  const auto p = plan::place_scratch(b.p);
  CHECK(p.tensors[first].offset == 0);
  CHECK(p.tensors[second].offset == 128);
  CHECK(p.packed_bytes == 256);
}

TEST_CASE("the free list gives the lowest gap and never the same byte twice") {
  plan::detail::free_list<64> memory{};
  struct piece {
    std::int64_t offset, bytes;
  };
  std::vector<piece> taken;
  std::uint32_t seed = 5;
  const auto random = [&](std::uint32_t end) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % end;
  };
  const auto is_free = [&](std::int64_t offset, std::int64_t bytes) {
    return std::none_of(taken.begin(), taken.end(), [&](const piece& x) {
      return offset < x.offset + core::round_up<std::int64_t>(x.bytes, 64)
             && x.offset < offset + bytes;
    });
  };
  for (int step = 0; step < 4000; ++step) {
    if (taken.size() < 30 && (taken.empty() || random(5) < 3)) {
      const std::int64_t bytes = 1 + random(400);
      const std::int64_t offset = memory.take(bytes);
      REQUIRE(offset % 64 == 0);
      REQUIRE(is_free(offset, bytes));
      for (std::int64_t lower = 0; lower < offset; lower += 64) {
        REQUIRE_FALSE(is_free(lower, core::round_up<std::int64_t>(bytes, 64)));
      }
      REQUIRE(memory.most >= offset + bytes);
      taken.push_back({offset, bytes});
    } else {
      const auto i = taken.begin() + random(static_cast<std::uint32_t>(taken.size()));
      memory.give(i->offset, i->bytes);
      taken.erase(i);
    }
  }
  while (!taken.empty()) {
    memory.give(taken.back().offset, taken.back().bytes);
    taken.pop_back();
  }
  CHECK(memory.count == 0);
  CHECK(memory.top == 0);
}
