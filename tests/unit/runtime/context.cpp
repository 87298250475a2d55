// SPDX-License-Identifier: MIT
// Runs of small nets: results, owners of scratch, lifetimes, equal bits, environment.
#include <kiln/runtime/context.hpp>
#include <kiln/runtime/serial.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#if defined(__SSE__)
#  include <xmmintrin.h>
#endif

using support::layer;
using support::numbers;
using support::two;

// A context refers to its weights: a temporary would be gone at once.
static_assert(std::is_constructible_v<layer::context, const layer::weights&>);
static_assert(!std::is_constructible_v<layer::context, layer::weights>);
static_assert(!std::is_constructible_v<layer::context, layer::weights, std::span<std::byte>>);
static_assert(!std::is_constructible_v<layer::stack_context, layer::weights>);
static_assert(std::is_nothrow_move_constructible_v<layer::context>);
static_assert(!std::is_copy_constructible_v<layer::context>);
static_assert(!std::is_move_constructible_v<layer::stack_context>);
static_assert(alignof(layer::stack_context) == 64);
// So is an executor referred to.
static_assert(std::is_constructible_v<layer::context, const layer::weights&, kiln::thread_pool&>);
static_assert(
    std::is_constructible_v<layer::context, const layer::weights&, const kiln::serial_executor&>);
static_assert(!std::is_constructible_v<layer::context, const layer::weights&, kiln::thread_pool>);
static_assert(!std::is_constructible_v<layer::context, const layer::weights&, int&>);
// Checked arguments run without a way to fail; views can still disagree.
static_assert(noexcept(std::declval<layer::context&>().run(std::declval<layer::arguments&>())));
static_assert(noexcept(std::declval<two::stack_context&>().run(std::declval<two::arguments>())));

namespace {

constexpr auto scratch_bytes = static_cast<std::size_t>(layer::plan.scratch_bytes);
static_assert(scratch_bytes > 0, "the unfused plan has a tensor between its groups");

const auto w_data = numbers(15, 1);
const auto b_data = numbers(5, 2);
layer::weights make_weights() {
  return layer::weights{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
}

}  // namespace

TEST_CASE("every batch size computes what the reference does") {
  const layer::weights ws = make_weights();
  layer::context c{ws};
  for (std::size_t batch = 1; batch <= 8; ++batch) {
    const auto x = numbers(batch * 3, static_cast<int>(batch));
    std::vector<float> y(batch * 5, -1.0F);
    c.run(layer::view<"x">(x), layer::view<"y">(y));
    CHECK(y == support::layer_reference(x, w_data, b_data));
  }
}

TEST_CASE("scratch is kiln's, the caller's, or in the object") {
  const layer::weights ws = make_weights();
  const auto x = numbers(24);
  const auto expected = support::layer_reference(x, w_data, b_data);
  const auto result = [&](auto& c) {
    std::vector<float> y(40);
    c.run(layer::view<"x">(x), layer::view<"y">(y));
    return y;
  };
  layer::context own{ws};
  CHECK(result(own) == expected);
  layer::stack_context inside{ws};
  CHECK(result(inside) == expected);
  CHECK(inside.own().scratch.data() >= reinterpret_cast<std::byte*>(&inside));
  CHECK(inside.own().scratch.data() + scratch_bytes <= reinterpret_cast<std::byte*>(&inside + 1));

  alignas(64) std::byte memory[scratch_bytes + 64];
  layer::context callers{ws, std::span{memory}.first(scratch_bytes)};
  CHECK(result(callers) == expected);
  CHECK(callers.own().scratch.data() == memory);
  const std::string few = std::to_string(scratch_bytes - 1);
  CHECK_THROWS_WITH_AS(
      (layer::context{ws, std::span{memory}.first(scratch_bytes - 1)}),
      ("scratch: expected at least " + std::to_string(scratch_bytes) + " bytes, actual " + few)
          .c_str(),
      kiln::error);
  CHECK_THROWS_WITH_AS(
      (layer::context{ws, std::span{memory}.subspan(4)}),
      "scratch: expected an address that is a multiple of 64, actual 4 bytes past one",
      kiln::error);
  // A view into that scratch is refused by run().
  float* const stolen = reinterpret_cast<float*>(memory);
  CHECK_THROWS_WITH_AS(
      callers.run(layer::view<"x">(x), layer::view<"y">(stolen, kiln::size<"batch">(8))),
      "output 'y': expected memory of its own, actual overlaps the scratch",
      kiln::error);
}

TEST_CASE("with an executor, its number of threads decides how much scratch there is") {
  const layer::weights ws = make_weights();
  const auto x = numbers(24);
  std::vector<float> y(40);
  for (const int threads : {1, 3}) {
    const kiln::serial_executor e{threads};
    const std::size_t bytes = kiln::runtime::scratch_bytes_for<layer>(threads);
    layer::context own{ws, e};
    CHECK(own.own().scratch.size() == bytes);
    own.run(layer::view<"x">(x), layer::view<"y">(y));
    CHECK(y == support::layer_reference(x, w_data, b_data));
    const kiln::tensor::buffer memory(bytes);
    layer::context callers{ws, e, std::span{memory.data(), bytes}};
    CHECK(callers.own().scratch.data() == memory.data());
    std::fill(y.begin(), y.end(), 0.0F);
    callers.run(layer::view<"x">(x), layer::view<"y">(y));
    CHECK(y == support::layer_reference(x, w_data, b_data));
    CHECK_THROWS_AS((layer::context{ws, e, std::span{memory.data(), bytes - 1}}), kiln::error);
  }
}

TEST_CASE("a net that needs no scratch takes none") {
  two::weights none{};
  two::context c{none, {}};
  const auto a = numbers(24, 1), b = numbers(24, 2);
  std::vector<float> sum(24), positive(24);
  c.run(
      two::view<"a">(a), two::view<"b">(b), two::view<"sum">(sum), two::view<"positive">(positive));
  for (std::size_t i = 0; i < 24; ++i) {
    CHECK(sum[i] == a[i] + b[i]);
    CHECK(positive[i] == std::max(a[i] + b[i], 0.0F));
  }
}

TEST_CASE("a context may be moved") {
  const layer::weights ws = make_weights();
  const auto x = numbers(3);
  std::vector<float> y(5);
  layer::context first{ws};
  const void* const scratch = first.own().scratch.data();
  layer::context second{std::move(first)};
  CHECK(second.own().scratch.data() == scratch);
  std::vector<layer::context> many;
  for (int i = 0; i < 5; ++i) many.emplace_back(ws);
  many.push_back(std::move(second));
  many.back().run(layer::view<"x">(x), layer::view<"y">(y));
  CHECK(y == support::layer_reference(x, w_data, b_data));
}

TEST_CASE("arguments are made once and run often") {
  const layer::weights ws = make_weights();
  layer::context c{ws};
  std::vector<float> x(9), y(15);
  const layer::arguments a{c.own(), layer::view<"x">(x), layer::view<"y">(y)};
  for (int i = 0; i < 4; ++i) {
    std::ranges::copy(numbers(9, i), x.begin());
    c.run(a);
    CHECK(y == support::layer_reference(x, w_data, b_data));
  }
}

TEST_CASE("gaps between rows are neither read nor written") {
  const layer::weights ws = make_weights();
  layer::context c{ws};
  constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
  const auto dense = numbers(12);
  std::vector<float> x(4 * 7, nothing), y(4 * 9, 77.0F);
  for (std::size_t i = 0; i < 4; ++i) std::copy_n(&dense[i * 3], 3, &x[i * 7]);
  c.run(layer::view<"x">(kiln::rows(x, 7)), layer::view<"y">(kiln::rows(y, 9)));
  const auto expected = support::layer_reference(dense, w_data, b_data);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 9; ++j)
      CHECK(y[i * 9 + j] == (j < 5 ? expected[i * 5 + j] : 77.0F));
  }
}

TEST_CASE("bits do not depend on alignment, position in the batch, or the run before") {
  std::vector<float> w(15), b(5);
  for (std::size_t i = 0; i < 15; ++i) w[i] = 1.0F / static_cast<float>(i + 3);
  for (std::size_t i = 0; i < 5; ++i) b[i] = 0.1F / static_cast<float>(i + 1);
  const layer::weights ws{kiln::bind<"w">(w), kiln::bind<"b">(b)};
  layer::context c{ws};
  const float row[3] = {0.1F, 1.0F / 3.0F, 0.7F};
  std::vector<float> alone(5);
  c.run(layer::view<"x">(row), layer::view<"y">(alone));
  alignas(64) float x[16 + 24], y[16 + 40];
  for (std::size_t batch = 1; batch <= 8; ++batch) {
    for (std::size_t offset = 0; offset < 16; ++offset) {
      for (std::size_t i = 0; i < batch * 3; ++i) x[offset + i] = row[i % 3];
      c.run(layer::view<"x">(std::span{x}.subspan(offset, batch * 3)),
            layer::view<"y">(std::span{y}.subspan(offset, batch * 5)));
      for (std::size_t i = 0; i < batch; ++i) {
        REQUIRE(std::memcmp(y + offset + i * 5, alone.data(), 20) == 0);
      }
    }
  }
}

#if defined(__SSE__)
TEST_CASE("the floating-point environment is the caller's") {
  const layer::weights ws = make_weights();
  layer::context c{ws};
  const auto x = numbers(24);
  std::vector<float> y(40);
  const unsigned before = _mm_getcsr();
  // Flush denormals, round down: as the caller says, so it stays.
  const unsigned callers = (before & ~0x6000U) | 0x8040U | 0x2000U;
  _mm_setcsr(callers);
  c.run(layer::view<"x">(x), layer::view<"y">(y));
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  CHECK((after & ~0x3fU) == (callers & ~0x3fU));  // without the sticky flags of what happened
  CHECK(y == support::layer_reference(x, w_data, b_data));
}
#endif
