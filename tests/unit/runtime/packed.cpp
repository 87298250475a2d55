// SPDX-License-Identifier: MIT
// Packed weights as a constant: from every kind of array, in contexts of every kind.
#include <kiln/runtime/packed.hpp>
#include <kiln/runtime/serial.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace {

using support::layer;  // w: f32[3, 5], b: f32[5]

constexpr std::array<float, 15> w{1.5F, -2, 3, 4, 5, 6, 7, -8, 9, 10, 11, 12, -13, 14, 15};
constexpr float w_rows[3][5] = {{1.5F, -2, 3, 4, 5}, {6, 7, -8, 9, 10}, {11, 12, -13, 14, 15}};
constexpr std::array<kiln::core::bf16, 15> w_half = [] {
  std::array<kiln::core::bf16, 15> r{};
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = kiln::core::to_bf16(w[i]);
  return r;
}();
constexpr std::array<float, 5> b{1, -20, 3, 4, 5};
constexpr std::span<const float> b_span = b;

constexpr auto packed = layer::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>());
constexpr auto from_rows = layer::pack(kiln::bind<"b", b_span>(), kiln::bind<"w", w_rows>());
constexpr auto from_half = layer::pack(kiln::bind<"w", w_half>(), kiln::bind<"b", b>());

static_assert(std::is_same_v<decltype(packed), const layer::packed>);
static_assert(std::is_trivially_copyable_v<layer::packed>);
static_assert(std::is_trivially_destructible_v<layer::packed>);
static_assert(alignof(layer::packed) == kiln::tensor::buffer_alignment);
static_assert(std::is_constructible_v<layer::context, const layer::packed&>);
static_assert(!std::is_constructible_v<layer::context, layer::packed>);
static_assert(!std::is_constructible_v<layer::stack_context, const layer::packed>);

template <class Context>
std::vector<float> run(Context& context) {
  const auto x = support::numbers(24, 3);
  std::vector<float> y(40);
  context.run(layer::view<"x">(x), layer::view<"y">(y));
  return y;
}
std::vector<float> expected() {
  const layer::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
  layer::context context{weights};
  return run(context);
}

}  // namespace

TEST_CASE("arrays, arrays of arrays, spans and halves give one packed memory") {
  for (const layer::packed* p : {&packed, &from_rows, &from_half}) {
    layer::context context{*p};
    CHECK(run(context) == expected());
    CHECK(p->bytes().size() == static_cast<std::size_t>(layer::plan.packed_bytes));
  }
}

TEST_CASE("every context takes constants") {
  layer::stack_context on_stack{packed};
  CHECK(run(on_stack) == expected());
  alignas(64) std::array<std::byte, 4096> scratch{};
  layer::context in_scratch{packed, std::span(scratch)};
  CHECK(run(in_scratch) == expected());
  layer::context shared{packed, kiln::serial};
  CHECK(run(shared) == expected());
  CHECK(on_stack.own().packed.data() == packed.bytes().data());
}
