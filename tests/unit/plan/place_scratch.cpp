// SPDX-License-Identifier: MIT
// Offsets of scratch and packed tensors.
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

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
  b.add_item({true, b.p.loops.push({plan::role::reduce, {4, {-1, -1}}, 1}), 3});
  b.add_copy(1, type, b.whole(x), b.whole(kept));
  b.add_copy(2, type, b.whole(x), b.whole(brief));
  b.add_copy(3, type, b.whole(brief), b.whole(y));
  const auto p = plan::place_scratch(b.p);
  CHECK(p.tensors[kept].offset != p.tensors[brief].offset);
  b.p.tensors[kept].carried = false;
  CHECK(plan::place_scratch(b.p).scratch_bytes < p.scratch_bytes);
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
