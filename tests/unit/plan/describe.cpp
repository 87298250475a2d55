// SPDX-License-Identifier: MIT
// The text of plans, in constant expressions too.
#include <kiln/plan/describe.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;

constexpr auto g = test::linear_graph(4, 5, 6);
constexpr auto p = plan::place_scratch(plan::fuse_store(plan::trivial(g)));

static_assert(plan::describe_into<1024>(p, g).view() ==
              "1 group, 2 at bind; scratch 0 bytes, 0 at bind; packed 384 bytes\n"
              "bind\n"
              "group 0\n"
              "  s0: map %2 [6]\n"
              "    r0 = \"b\"(1)\n"
              "    t3(1) = r0\n"
              "group 1\n"
              "  s1: pack %1 [4, 6, 5] of \"w\"(0, 1, 6)\n"
              "    t4(0, 5, 16) = pack\n"
              "run\n"
              "group 2\n"
              "  s2: matmul %3 [4, 6 | 5] of \"x\"(row, 0, 1), t4(0, 5, 16)\n"
              "    r0 = t3(0, 1, 0)\n"
              "    r2 = add(matmul, r0)\n"
              "    r3 = relu(r2)\n"
              "    \"y\"(row, 1, 0) = r3\n"
              "memory\n"
              "  t3 = %2 : f32[6], packed 0 + 24 bytes, s0 to s2\n"
              "  t4 = %1 : f32[5, 6] in panels, packed 64 + 320 bytes, s1 to s2\n");

}  // namespace

TEST_CASE("run time and constant evaluation give one text") {
  CHECK(plan::describe(p, g) == plan::describe_into<1024>(p, g).view());
}

TEST_CASE("a tensor lives from its first to its last stage") {
  CHECK(plan::stages_that_touch(p, 3).first == 0);
  CHECK(plan::stages_that_touch(p, 3).last == 2);
  CHECK(plan::stages_that_touch(p, 5).first == -1);
}

TEST_CASE("loops, slices and starts have a text") {
  plan::builder<8> b{};
  const auto type = tensor::static_type(f32, 8, 4);
  plan::view from = b.whole(b.add_tensor(0, type, plan::place::argument));
  from.start = 2;
  from.start_rows = 3;
  const plan::view to = b.whole(b.add_tensor(0, type, plan::place::shared));
  b.begin_group();
  b.add_item({true, b.p.loops.push({plan::role::parallel, {8}, 3}), 1});
  b.add_copy(0, type, from, to);
  b.p.stages[0].slices[0] = {0, 0, 2, 1, 1};
  const std::string text = plan::describe(b.p, g);
  CHECK(text.find("  for i0 in 8 step 3, parallel\n"
                  "    s0: map %0 [8 at i0*2-1 to +1, 4]\n"
                  "      r0 = \"x\"(row, 1 from 2 + 3*row)\n")
        != std::string::npos);
}
