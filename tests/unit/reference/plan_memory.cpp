// SPDX-License-Identifier: MIT
// Poisoned memory refuses each misuse.
#include <kiln/plan/builder.hpp>
#include <kiln/reference/plan_memory.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using plan::place;
using reference::no_point;
using reference::storage;

// Two scratch tensors of four elements at the same bytes, and one of a thread's block.
const auto p = [] {
  plan::builder<8> b{};
  const auto type = tensor::static_type(f32, 4);
  b.add_tensor(0, type, place::shared);
  b.add_tensor(1, type, place::shared);
  b.add_tensor(2, type, place::block);
  b.p.tensors[2].offset = 64;
  b.p.scratch_bytes = 128;
  return b.p;
}();

reference::plan_memory memory(storage mode) {
  reference::plan_memory m(p, {}, mode);
  m.begin_program(false);
  m.begin_stage();
  return m;
}

}  // namespace

TEST_CASE("what is written is read") {
  for (const storage mode : {storage::separate, storage::placed}) {
    auto m = memory(mode);
    m.write(0, 2, 1.5, 0);
    m.begin_stage();
    CHECK(m.read(0, 2, 0) == 1.5);
    CHECK_THROWS_WITH_AS(m.read(0, 1, 0),
                         "interpret_plan: element 1 of tensor 0 is read before it is written",
                         kiln::error);
    CHECK_THROWS_WITH_AS(m.write(0, 4, 0, 0),
                         "interpret_plan: element 4 of tensor 0 is written outside of its memory",
                         kiln::error);
  }
}

TEST_CASE("tensors at one place overwrite each other, apart they do not") {
  for (const storage mode : {storage::separate, storage::placed}) {
    auto m = memory(mode);
    m.write(0, 0, 1, 0);
    m.begin_stage();
    m.write(1, 0, 2, 0);
    m.begin_stage();
    if (mode == storage::separate) {
      CHECK(m.read(0, 0, 0) == 1);
    } else {
      CHECK_THROWS_WITH_AS(
          m.read(0, 0, 0),
          "interpret_plan: element 0 of tensor 0 is read after tensor 1 overwrote it",
          kiln::error);
    }
  }
}

TEST_CASE("one stage writes an element once, and not where it still reads") {
  auto m = memory(storage::placed);
  m.write(0, 0, 1, 0);
  CHECK_THROWS_AS(m.write(0, 0, 1, 1), kiln::error);
  m.begin_stage();
  CHECK(m.read(0, 0, 7) == 1);
  m.write(1, 0, 3, 7);  // in place: same point
  m.begin_stage();
  CHECK(m.read(1, 0, no_point) == 3);
  CHECK_THROWS_AS(m.write(0, 0, 4, 7), kiln::error);
}

TEST_CASE("steps of a parallel loop do not see each other") {
  auto m = memory(storage::separate);
  m.set_step(1, 1);
  m.write(0, 0, 1, 0);
  m.write(2, 0, 1, 0);
  m.set_step(2, 1);
  m.begin_stage();
  CHECK_THROWS_AS(m.read(0, 0, 0), kiln::error);
  CHECK_THROWS_AS(m.write(0, 0, 1, 0), kiln::error);
  m.write(2, 0, 2, 0);  // block scratch is another memory in every thread
  m.set_step(3, 3);     // the next loop
  m.begin_stage();
  CHECK(m.read(0, 0, 0) == 1);
}

TEST_CASE("poison is forgotten") {
  auto m = memory(storage::placed);
  m.write(0, 0, 1, 0);
  m.poison(1);
  CHECK(m.is_written(0, 0));
  m.poison(0);
  CHECK_FALSE(m.is_written(0, 0));
  m.begin_program(true);
  CHECK_THROWS_AS(m.write(0, 0, 1, 0), kiln::error);  // no scratch at bind
}
