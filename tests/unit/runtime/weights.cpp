// SPDX-License-Identifier: MIT
// Weights by name: what is refused and how it is said, who owns the packed memory, conversions.
#include <kiln/runtime/weights.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_map>

using support::layer;
using support::numbers;

static_assert(!std::is_copy_constructible_v<layer::weights>);
static_assert(!std::is_copy_assignable_v<layer::weights>);
static_assert(std::is_nothrow_move_constructible_v<layer::weights>);
static_assert(std::is_nothrow_move_assignable_v<layer::weights>);

namespace {

// A file of tensors whose element types are known at run time only.
struct archive {
  std::map<std::string, kiln::tensor::memory> tensors;
};
std::optional<kiln::tensor::memory> find_weight(const archive& a, std::string_view name) {
  const auto found = a.tensors.find(std::string(name));
  if (found == a.tensors.end()) return std::nullopt;
  return found->second;
}

template <class T>
kiln::tensor::memory memory_of(T& x) {
  return kiln::tensor::memory_access<T>::of(x);
}

/// The result of `layer` for some input: equal packed weights give equal bits.
std::vector<float> run(const layer::weights& w) {
  const auto x = numbers(24, 3);
  std::vector<float> y(40);
  layer::context c{w};
  c.run(layer::view<"x">(x), layer::view<"y">(y));
  return y;
}

const auto w_data = numbers(15, 1);
const auto b_data = numbers(5, 2);
const auto expected = support::layer_reference(numbers(24, 3), w_data, b_data);

}  // namespace

TEST_CASE("weights come from vectors, spans, arrays, pointers, strided rows and temporaries") {
  CHECK(run(layer::weights{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)}) == expected);
  CHECK(run(layer::weights{kiln::bind<"b">(std::span{b_data}), kiln::bind<"w">(w_data.data())})
        == expected);
  CHECK(run(layer::weights{kiln::bind<"w">(numbers(15, 1)), kiln::bind<"b">(numbers(5, 2))})
        == expected);
  float w[3][5];
  std::memcpy(w, w_data.data(), sizeof w);
  std::array<float, 5> b{};
  std::memcpy(b.data(), b_data.data(), sizeof b);
  CHECK(run(layer::weights{kiln::bind<"w">(w), kiln::bind<"b">(b)}) == expected);
  std::vector<float> spread(2 * 9 + 5);
  for (std::size_t i = 0; i < 3; ++i) std::copy_n(&w_data[i * 5], 5, &spread[i * 9]);
  CHECK(run(layer::weights{kiln::bind<"w">(kiln::rows(spread, 9)), kiln::bind<"b">(b)})
        == expected);
  CHECK(run(layer::weights{kiln::bind<"w">(kiln::rows(spread.data(), 3, 9)), kiln::bind<"b">(b)})
        == expected);
}

TEST_CASE("weights come from maps and from what finds them by name") {
  const std::map<std::string, std::vector<float>> map{{"w", w_data}, {"b", b_data}, {"c", {}}};
  CHECK(run(layer::weights{map}) == expected);
  const std::unordered_map<std::string, std::span<const float>> spans{{"w", w_data}, {"b", b_data}};
  CHECK(run(layer::weights{spans}) == expected);
  CHECK(run(layer::weights{archive{{{"w", memory_of(w_data)}, {"b", memory_of(b_data)}}}})
        == expected);
}

TEST_CASE("every missing or misshapen weight is named at once") {
  const auto bind = [](const std::vector<float>& w, const std::vector<float>& b) {
    layer::weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
  };
  CHECK_THROWS_WITH_AS(
      bind(numbers(14), b_data), "weight 'w': expected f32[3, 5], actual 14 elements", kiln::error);
  CHECK_THROWS_WITH_AS(bind(numbers(14), numbers(1)),
                       "2 weights do not fit:\n"
                       "  weight 'w': expected f32[3, 5], actual 14 elements\n"
                       "  weight 'b': expected f32[5], actual 1 element",
                       kiln::error);
  CHECK_THROWS_WITH_AS(
      bind({}, b_data), "weight 'w': expected f32[3, 5], actual 0 elements", kiln::error);
  const std::map<std::string, std::vector<float>> map{{"b", numbers(4)}};
  CHECK_THROWS_WITH_AS(layer::weights{map},
                       "2 weights do not fit:\n"
                       "  weight 'w': expected f32[3, 5], actual missing\n"
                       "  weight 'b': expected f32[5], actual 4 elements",
                       kiln::error);
  const std::map<std::string, std::vector<float>> capitals{{"W", w_data}, {"b", b_data}};
  CHECK_THROWS_WITH_AS(layer::weights{capitals},
                       "weight 'w': expected f32[3, 5], actual missing; did you mean 'W'?",
                       kiln::error);
  CHECK_THROWS_WITH_AS((layer::weights{kiln::bind<"w">(static_cast<const float*>(nullptr)),
                                       kiln::bind<"b">(b_data)}),
                       "weight 'w': expected f32[3, 5], actual a null pointer",
                       kiln::error);
  CHECK_THROWS_WITH_AS((layer::weights{kiln::bind<"w">(kiln::rows(w_data, 4)),
                                       kiln::bind<"b">(kiln::rows(b_data.data(), 2, 8))}),
                       "2 weights do not fit:\n"
                       "  weight 'w': expected f32[3, 5], actual row stride 4\n"
                       "  weight 'b': expected f32[5], actual 2 rows",
                       kiln::error);
}

TEST_CASE("what a file says of type and shape is checked") {
  const auto complain = [](kiln::tensor::memory w) {
    layer::weights{archive{{{"w", w}, {"b", memory_of(b_data)}}}};
  };
  kiln::tensor::memory m = memory_of(w_data);
  m.rank = 2;
  m.extents = {5, 3};
  CHECK_THROWS_WITH_AS(
      complain(m), "weight 'w': expected f32[3, 5], actual extent 5 at axis 0", kiln::error);
  m.rank = 1;
  m.extents = {15};
  CHECK_THROWS_WITH_AS(complain(m), "weight 'w': expected f32[3, 5], actual 1 axis", kiln::error);
  m.rank = 7;
  CHECK_THROWS_WITH_AS(complain(m), "weight 'w': expected f32[3, 5], actual 7 axes", kiln::error);
  m = memory_of(w_data);
  m.foreign = "F64";
  CHECK_THROWS_WITH_AS(
      complain(m), "weight 'w': expected f32[3, 5], actual elements of F64", kiln::error);
  m = memory_of(w_data);
  m.element = kiln::f32;
  const std::vector<std::int32_t> integers(15);
  CHECK_THROWS_WITH_AS(complain(memory_of(integers)),
                       "weight 'w': expected f32[3, 5], actual elements of s32",
                       kiln::error);
}

TEST_CASE("half precision widens exactly, and any address serves") {
  std::vector<kiln::core::bf16> w(15);
  std::vector<kiln::core::f16> b(5);
  for (std::size_t i = 0; i < 15; ++i) w[i] = kiln::core::to_bf16(w_data[i]);
  for (std::size_t i = 0; i < 5; ++i) b[i] = kiln::core::to_f16(b_data[i]);
  CHECK(run(layer::weights{kiln::bind<"w">(w), kiln::bind<"b">(b)}) == expected);
  CHECK(run(layer::weights{archive{{{"w", memory_of(w)}, {"b", memory_of(b)}}}}) == expected);

  alignas(8) std::byte bytes[15 * 4 + 3];
  for (const std::size_t shift : {1U, 2U, 3U}) {
    std::memcpy(bytes + shift, w_data.data(), 60);
    kiln::tensor::memory m = memory_of(w_data);
    m.data = bytes + shift;
    CHECK(run(layer::weights{archive{{{"w", m}, {"b", memory_of(b_data)}}}}) == expected);
  }
  std::vector<kiln::core::bf16> spread(2 * 7 + 5);
  for (std::size_t i = 0; i < 3; ++i) std::copy_n(&w[i * 5], 5, &spread[i * 7]);
  CHECK(run(layer::weights{kiln::bind<"w">(kiln::rows(spread, 7)), kiln::bind<"b">(b)})
        == expected);
}

TEST_CASE("the caller may own the packed memory") {
  constexpr auto bytes = static_cast<std::size_t>(layer::plan.packed_bytes);
  static_assert(bytes > 0 && bytes % 64 == 0);
  alignas(64) std::byte memory[bytes + 64];
  const layer::weights w{
      std::span{memory}.first(bytes), kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  CHECK(w.packed().data() == memory);
  CHECK(w.packed().size() == bytes);
  CHECK(run(w) == expected);
  const std::map<std::string, std::vector<float>> map{{"w", w_data}, {"b", b_data}};
  CHECK(run(layer::weights{std::span{memory}, map}) == expected);
  alignas(64) std::array<std::byte, bytes> array;
  CHECK(run(layer::weights{array, kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)}) == expected);

  const auto pack = [&](std::span<std::byte> to) {
    layer::weights{to, kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  };
  const std::string size = std::to_string(bytes);
  const std::string less = std::to_string(bytes - 1);
  CHECK_THROWS_WITH_AS(
      pack(std::span{memory}.first(bytes - 1)),
      ("packed memory: expected at least " + size + " bytes, actual " + less).c_str(),
      kiln::error);
  CHECK_THROWS_WITH_AS(pack(std::span{memory}.subspan(8)),
                       "packed memory: expected an address that is a multiple of 64, actual 8 "
                       "bytes past one",
                       kiln::error);
  float* inside = new (memory) float[15]{};
  CHECK_THROWS_WITH_AS(
      (layer::weights{std::span{memory}, kiln::bind<"w">(inside), kiln::bind<"b">(b_data)}),
      "weight 'w': expected memory of its own, actual overlaps the packed memory",
      kiln::error);
}

TEST_CASE("moving keeps the packed memory where it is") {
  layer::weights first{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  const void* const place = first.packed().data();
  layer::context c{first};
  layer::weights second{std::move(first)};
  CHECK(second.packed().data() == place);
  const auto x = numbers(24, 3);
  std::vector<float> y(40);
  c.run(layer::view<"x">(x), layer::view<"y">(y));  // made before the move
  CHECK(y == expected);
  layer::weights third{kiln::bind<"w">(numbers(15)), kiln::bind<"b">(b_data)};
  third = std::move(second);
  CHECK(third.packed().data() == place);
  CHECK(run(third) == expected);
}

TEST_CASE("the source is not kept") {
  auto w = w_data;
  const layer::weights ws{kiln::bind<"w">(w), kiln::bind<"b">(b_data)};
  w.assign(15, 1e9F);
  CHECK(run(ws) == expected);
}

TEST_CASE("one set of weights serves many threads") {
  const layer::weights ws{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  std::array<bool, 4> same{};
  std::vector<std::thread> threads;
  for (bool& ok : same) {
    threads.emplace_back([&ws, &ok] {
      ok = true;
      for (int i = 0; i < 200; ++i) ok = ok && run(ws) == expected;
    });
  }
  for (auto& t : threads) t.join();
  for (const bool ok : same) CHECK(ok);
}

TEST_CASE("a net without weights packs nothing") {
  const support::two::weights none{};
  CHECK(none.packed().empty());
}
