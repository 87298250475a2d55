// SPDX-License-Identifier: MIT
// Where views of stages start at the steps of loops.
#include <kiln/codegen/address.hpp>
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

#include <cstddef>

namespace {

using namespace kiln;

// Two loops around a copy of a [6, 40] argument into block scratch and one from there: rows one by
// one, columns in steps of 16 with one more on either side.
struct net {
  static constexpr auto plan = [] {
    plan::builder<16> b{};
    const auto type = tensor::static_type(f32, 6, 40);
    const int x = b.add_tensor(0, type, plan::place::argument);
    const int kept = b.add_tensor(1, tensor::static_type(f32, 5, 5), plan::place::shared);
    const int block = b.add_tensor(2, tensor::static_type(f32, 1, 18), plan::place::block);
    const int y = b.add_tensor(3, type, plan::place::result);
    b.p.tensors[x].slot = b.p.tensors[y].slot = 0;
    const auto rows = b.p.loops.push({plan::role::parallel, {6}, 1});
    const auto columns = b.p.loops.push({plan::role::parallel, {40}, 16});
    b.p.tensors[block].origins = {plan::origin{static_cast<std::int8_t>(rows), 0, 1, 0},
                                  plan::origin{static_cast<std::int8_t>(columns), 1, 1, 1}};
    b.begin_group();
    b.add_copy(1, tensor::static_type(f32, 5, 5), b.whole(kept), b.whole(kept));
    b.begin_group();
    b.add_item({true, rows, 3});
    b.add_item({true, columns, 2});
    b.add_copy(2, type, b.whole(x), b.whole(block));
    b.add_copy(3, type, b.whole(block), b.whole(y));
    for (int s = 1; s < 3; ++s) {
      auto& slices = b.p.stages[s].slices;
      const std::int16_t halo = s == 1 ? 1 : 0;
      slices[0] = {static_cast<std::int8_t>(rows), 0, 1, 0, 0};
      slices[1] = {static_cast<std::int8_t>(columns), 1, 1, halo, halo};
    }
    return plan::place_scratch(b.p);
  }();
};
using at = codegen::addresses<net>;

constexpr int first_copy = 3, second_copy = 4;  // items
static_assert(at::depth_of(first_copy, 0) == 0 && at::depth_of(first_copy, 1) == 1);
static_assert(at::depth_of(0, 0) == -1, "no loop is around the first group");
static_assert(at::loop_around(first_copy, 1) == 1 && at::loop_around(first_copy, 2) == -1);
static_assert(at::loop_around(first_copy, -1) == -1);
static_assert(at::starts_group(0) && at::starts_group(1) && !at::starts_group(2));
static_assert(at::slice_on<1, first_copy, 1>() == 1 && at::slice_on<0, 0, 1>() == -1);

struct memory {
  alignas(64) float x[6 * 48] = {}, y[6 * 40] = {};
  alignas(64) std::byte scratch[2048] = {};
  codegen::bound_tensor argument{reinterpret_cast<char*>(x), 48};
  codegen::bound_tensor result{reinterpret_cast<char*>(y), 40};
  codegen::frame at_step{};
  memory() {
    at_step.arguments = &argument;
    at_step.results = &result;
    at_step.scratch = reinterpret_cast<char*>(scratch);
    at_step.block = at_step.scratch + 1024;
  }
  /// Element of x, y or of block scratch where view V of stage S starts.
  template <int S, int V, int Shared = 0>
  [[nodiscard]] std::ptrdiff_t start(const void* from) const {
    return (at::address<S, S + 2, V, Shared>(at_step) - static_cast<const char*>(from)) / 4;
  }
};
constexpr int load_of(int s) { return net::plan.stages[s].first_load; }
constexpr int store_of(int s) { return net::plan.stores[net::plan.stages[s].first_store].view; }

}  // namespace

TEST_CASE_FIXTURE(memory, "rows, columns, halos and the end of the axis") {
  at_step.index[0] = 3;
  at_step.index[1] = 16;
  CHECK(at::extent_of<1, first_copy, 0, 0>(at_step) == 1);
  CHECK(at::extent_of<1, first_copy, 1, 0>(at_step) == 18);
  CHECK(at::extent_of<2, second_copy, 1, 0>(at_step) == 16);
  CHECK(start<1, load_of(1)>(x) == 3 * 48 + 15);
  CHECK(start<2, store_of(2)>(y) == 3 * 40 + 16);
  const char* const block = at_step.scratch + net::plan.shared_bytes;
  CHECK(start<1, store_of(1)>(block) == 0);
  CHECK(start<2, load_of(2)>(block) == 1);
  at_step.index[1] = 32;
  CHECK(at::extent_of<1, first_copy, 1, 0>(at_step) == 9);
  CHECK(at::extent_of<2, second_copy, 1, 0>(at_step) == 8);
  at_step.index[1] = 0;
  CHECK(at::extent_of<1, first_copy, 1, 0>(at_step) == 17);
  CHECK(start<1, load_of(1)>(x) == 3 * 48);
  CHECK(start<1, store_of(1)>(block) == 1);
}

TEST_CASE_FIXTURE(memory, "a thread's step ends where its range does, in its own block") {
  at_step.index[0] = 5;
  at_step.index[1] = 20;
  at_step.step_end = 27;
  CHECK(at::extent_of<1, first_copy, 1, 2>(at_step) == 9);
  CHECK(at::extent_of<2, second_copy, 1, 2>(at_step) == 7);
  CHECK(at::extent_of<2, second_copy, 1, 1>(at_step) == 16);  // only the outer loop is shared
  const char* const block = at_step.block + net::plan.shared_bytes;
  CHECK(start<1, store_of(1), 2>(block) == 0);
  CHECK(start<2, load_of(2), 2>(block) == 1);
  CHECK(start<2, store_of(2), 2>(y) == 5 * 40 + 20);
}
