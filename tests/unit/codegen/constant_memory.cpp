// SPDX-License-Identifier: MIT
// Tensors of prepare as constants, against what prepare writes.
#include <kiln/codegen/constant_memory.hpp>
#include <kiln/codegen/emit.hpp>
#include <kiln/plan/builder.hpp>
#include <kiln/plan/place_scratch.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

using namespace kiln;

// w: f32[5, 20] is rounded to s8 and packed, its negative kept in two copies side by side.
struct net {
  static constexpr graph::graph<16> graph{};
  static constexpr auto plan = [] {
    plan::builder<16> b{};
    const auto matrix = tensor::static_type(f32, 5, 20);
    const auto bytes = tensor::static_type(s8, 5, 20);
    const int w = b.add_tensor(0, matrix, plan::place::weight);
    b.p.tensors[w].slot = 0;
    const int rounded = b.add_tensor(1, bytes, plan::place::shared);
    const int panels = b.add_panels(1, bytes, plan::place::packed, 4);
    const int twice = b.add_tensor(2, tensor::static_type(f32, 5, 40), plan::place::packed);
    b.begin_group();
    b.add_copy(1, matrix, b.whole(w), b.whole(rounded));
    b.begin_group();
    plan::stage s =
        b.new_stage(plan::anchor::pack, 1, op::kind{}, tensor::static_type(s8, 1, 20, 5));
    plan::view v = b.whole(rounded);
    v.rank = 3;
    v.strides = {plan::stride{}, plan::stride{1, 0}, plan::stride{20, 0}};
    b.push_operand(s, v);
    b.begin_program(s);
    plan::view to{};
    to.tensor = static_cast<std::int16_t>(panels);
    to.rank = 3;
    b.push_store(s, 0, to);
    b.add_stage(s);
    b.begin_group();
    for (int half = 0; half < 2; ++half) {
      plan::stage m = b.new_stage(plan::anchor::map, 2, op::kind_of<op::negate_op>, matrix);
      b.begin_program(m);
      b.push_load(m, b.whole(w));
      b.push_instruction(m, {op::kind_of<op::negate_op>, 1, 0, -1, {0}});
      plan::view part = b.whole(twice);
      part.start = 20 * half;
      b.push_store(m, 1, part);
      b.add_stage(m);
    }
    b.p.prepare_groups = 3;
    return kiln::plan::place_scratch(b.p);
  }();
  template <int Slot>
  static constexpr int callable() {
    return 0;
  }
};

struct weights {
  static constexpr auto numbers = [] {
    std::array<float, 100> r{};
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = static_cast<float>(i * 37 % 100) - 47.5F;
    return r;
  }();
  template <int Slot>
  static constexpr const float* pointer = numbers.data();
};
using memory = codegen::constant_memory<net, weights>;

constexpr int panels = 2, twice = 3;
static_assert(memory::content<panels>.panels[0].elems[0] == -48);  // ties to even
static_assert(memory::content<panels>.panels[0].elems[1] == -8);   // the next row
static_assert(memory::content<twice>.elems[20] == 47.5F);          // the second copy

// w: f32[70, 80], rounded to bf16 and the greatest of each row: made in several pieces.
struct large_net {
  static constexpr graph::graph<16> graph{};
  static constexpr auto plan = [] {
    plan::builder<16> b{};
    const auto matrix = tensor::static_type(f32, 70, 80);
    const int w = b.add_tensor(0, matrix, plan::place::weight);
    b.p.tensors[w].slot = 0;
    const int half = b.add_tensor(1, tensor::static_type(bf16, 70, 80), plan::place::packed);
    const int most = b.add_tensor(2, tensor::static_type(f32, 70), plan::place::packed);
    b.begin_group();
    b.add_copy(1, matrix, b.whole(w), b.whole(half));
    b.begin_group();
    plan::stage s = b.new_stage(plan::anchor::reduction, 2, op::kind_of<op::reduce_max_op>, matrix);
    s.kept = 1;
    b.push_operand(s, b.whole(w));
    b.begin_program(s);
    plan::view to = b.whole(most);
    to.rank = 2;
    b.push_store(s, 0, to);
    b.add_stage(s);
    b.p.prepare_groups = 2;
    return kiln::plan::place_scratch(b.p);
  }();
  template <int Slot>
  static constexpr int callable() {
    return 0;
  }
};
struct large_weights {
  static constexpr auto numbers = [] {
    std::array<float, 5600> r{};
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = static_cast<float>(i * 37 % 1009) * 0.37F;
    return r;
  }();
  template <int Slot>
  static constexpr const float* pointer = numbers.data();
};

/// Compares tensors T of a net's constants with what prepare writes.
template <class Net, class Weights, int... T>
void check(std::int64_t row) {
  using memory_of_net = codegen::constant_memory<Net, Weights>;
  alignas(64) std::array<char, static_cast<std::size_t>(Net::plan.packed_bytes)> packed{};
  alignas(64) std::array<char, 1024> scratch{};
  REQUIRE(Net::plan.prepare_scratch_bytes <= static_cast<std::int64_t>(scratch.size()));
  const codegen::bound_tensor w{
      reinterpret_cast<char*>(const_cast<float*>(Weights::numbers.data())), row};
  codegen::frame f{};
  f.weights = &w;
  f.packed = packed.data();
  f.scratch = scratch.data();
  codegen::emitter<Net>::prepare(f);
  const auto check_one = [&](int t, const void* constant) {
    const plan::placed_tensor& x = Net::plan.tensors[t];
    CHECK(std::memcmp(packed.data() + x.offset, constant, static_cast<std::size_t>(x.bytes)) == 0);
  };
  (check_one(T, &memory_of_net::template content<T>), ...);
}

}  // namespace

TEST_CASE("constants have the bytes that prepare writes") {
  check<net, weights, panels, twice>(20);
  check<large_net, large_weights, 1, 2>(80);
}
