// SPDX-License-Identifier: MIT
// Tensors, views and stages as the builder makes them.
#include <kiln/plan/builder.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using plan::place;
using tensor::static_type;

constexpr auto copied = [] {
  plan::builder<8> b{};
  const auto type = static_type(f32, 3, 5);
  const int from = b.add_tensor(0, type, place::argument);
  const int to = b.add_tensor(1, type, place::shared);
  b.begin_group();
  b.add_copy(1, type, b.whole(from), b.whole(to));
  return b.p;
}();
static_assert(copied.groups.size == 1 && copied.stages.size == 1);
static_assert(copied.stages[0].loads == 1 && copied.stages[0].stores == 1);
static_assert(copied.tensors[0].row_stride == 0, "the caller says how far rows are apart");
static_assert(copied.tensors[1].row_stride == 5 && copied.tensors[1].bytes == 60);

}  // namespace

TEST_CASE("broadcast aligns at the last axes") {
  plan::builder<8> b{};
  const auto from = static_type(f32, 1, 5);
  const auto to = static_type(f32, 2, 3, 5);
  const plan::view v = b.broadcast(b.whole(b.add_tensor(0, from, place::shared)), from, to);
  CHECK(v.rank == 3);
  CHECK(v[0].factor == 0);
  CHECK(v[1].factor == 0);
  CHECK(v[2].factor == 1);
}

TEST_CASE("panels are padded to whole ones, k to whole words") {
  using tensor::dtype;
  plan::builder<8> b;
  const auto bytes = [&](dtype element, int depth) {
    const int t = b.add_panels(0, static_type(element, 7, 17), place::packed, depth);
    CHECK(b.p.tensors[t].form == plan::layout::panels);
    CHECK(b.p.tensors[t].depth == depth);
    return b.p.tensors[t].bytes;
  };
  CHECK(bytes(f32, 1) == 7 * 32 * 4);
  CHECK(bytes(f16, 1) == 7 * 32 * 2);
  CHECK(bytes(bf16, 2) == 8 * 32 * 2);
  CHECK(bytes(s8, 4) == 8 * 32 + 32 * 4);  // and a correction for every column
}
