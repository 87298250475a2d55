// SPDX-License-Identifier: MIT
// Weights with scales by group: types, verdicts, and what they mean.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/grouped.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;

constexpr auto w = kiln::weight<"w", s8>(6_c, 2_c);
constexpr auto p = kiln::weight<"p", u8>(3_c, 2_c);
constexpr auto s = kiln::weight<"s", f32>(2_c, 2_c);
constexpr auto z = kiln::weight<"z", u8>(2_c, 2_c);

constexpr auto bytes = kiln::dequantize_grouped<3>(w, s);
constexpr auto nibbles = kiln::dequantize_int4<3>(p, s);
constexpr auto shifted = kiln::dequantize_int4<3>(p, s, z);
template <class T>
constexpr bool is_six_by_two = kiln::dsl::type_of<T>() == kiln::tensor::static_type(f32, 6, 2);
static_assert(is_six_by_two<decltype(bytes)> && is_six_by_two<decltype(nibbles)>);
static_assert(is_six_by_two<decltype(shifted)>);

template <class T>
constexpr bool is_poison = kiln::dsl::poisoned<T>;
static_assert(is_poison<decltype(kiln::dequantize_grouped<4>(w, s))>);  // 6 is not 4 + 4
static_assert(is_poison<decltype(kiln::dequantize_grouped<2>(w, s))>);  // 3 groups, 2 scales
static_assert(is_poison<decltype(kiln::dequantize_int4<3>(w, s))>);     // s8 holds one number
static_assert(is_poison<decltype(kiln::dequantize_int4<3>(s, s))>);

std::vector<double> meaning(const auto& y) {
  const auto g = kiln::dsl::lower(y);
  kiln::reference::inputs in;
  in.tensors["w"] = {{6, 2}, {-128, 127, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  in.tensors["p"] = {{3, 2}, {0x10, 0x32, 0x54, 0x76, 0x98, 0xfe}};
  in.tensors["s"] = {{2, 2}, {1, 0.5, 2, 4}};
  in.tensors["z"] = {{2, 2}, {0, 1, 2, 15}};
  return kiln::reference::interpret(g, in).output().value;
}

}  // namespace

TEST_CASE("three neighbours along k share a scale") {
  const std::vector<double> expected{-128, 63.5, 3, 2, 5, 3, 14, 32, 18, 40, 22, 48};
  CHECK(meaning(bytes) == expected);
}
TEST_CASE("low bits first") {
  // columns 0 1 4 5 8 9 and 2 3 6 7 14 15, minus 8
  const std::vector<double> expected{-8, -3, -7, -2.5, -4, -1, -6, -4, 0, 24, 2, 28};
  CHECK(meaning(nibbles) == expected);
  const std::vector<double> with_zeros{0, 0.5, 1, 1, 4, 2.5, 6, -32, 12, -4, 14, 0};
  CHECK(meaning(shifted) == with_zeros);
}
