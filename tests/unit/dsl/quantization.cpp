// SPDX-License-Identifier: MIT
// Quantisation in expressions: what it lowers to, its types, its verdicts.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/quantization.hpp>
#include <kiln/dsl/verdict.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::u8, kiln::s8, kiln::s32;

constexpr auto x = kiln::input<"x", f32>(4_c, 8_c);
constexpr auto scales = kiln::weight<"s", f32>(4_c);
constexpr auto zeros = kiln::weight<"z", u8>(4_c);

constexpr auto q = kiln::quantize<u8>(x, 0.5F, 128);
constexpr auto r = kiln::dequantize(q, 0.5F, 128);
constexpr auto rows = kiln::quantize<u8, 0>(x, scales, zeros);
constexpr auto whole = kiln::dynamic_quantize<u8>(x);
constexpr auto each = kiln::dynamic_quantize<s8, 1>(x);
constexpr auto back = kiln::dequantize(each);

constexpr const auto& type_of(const auto& y) {
  return kiln::dsl::type_of<std::remove_cvref_t<decltype(y)>>();
}
using kiln::tensor::static_type;
static_assert(type_of(q) == static_type(u8, 4, 8) && type_of(r) == static_type(f32, 4, 8));
static_assert(type_of(whole.values) == static_type(u8, 4, 8));
static_assert(type_of(whole.scale).rank == 0 && type_of(whole.zero_point).element == u8);
static_assert(type_of(each.values) == static_type(s8, 4, 8));
static_assert(type_of(each.scale) == static_type(f32, 4, 1));
static_assert(type_of(back) == type_of(x));

template <class T>
constexpr bool is_poison = kiln::dsl::poisoned<T>;
static_assert(is_poison<decltype(kiln::quantize<u8>(x, scales))>);  // 4 scales for 8 columns
static_assert(is_poison<decltype(kiln::quantize<s32>(x, 0.5F))>);   // no such quantisation
static_assert(is_poison<decltype(kiln::quantize<s8, 0>(x, scales, zeros))>);  // u8 for s8
static_assert(is_poison<decltype(kiln::quantize<u8, 2>(x, scales))>);
static_assert(is_poison<decltype(kiln::dequantize(x, 0.5F))>);  // floats already
static_assert(is_poison<decltype(kiln::quantize<u8>(q, 0.5F))>);
static_assert(is_poison<decltype(kiln::quantize<u8>(x, zeros))>);

constexpr auto accepted(const auto& y) { return y.problem.what; }
using kiln::dsl::value_mistake;
static_assert(accepted(q) == value_mistake::none && accepted(rows) == value_mistake::none);
static_assert(accepted(kiln::quantize<u8>(x, 0)) == value_mistake::scale_not_positive);
static_assert(accepted(kiln::quantize<u8>(x, -1)) == value_mistake::scale_not_positive);
static_assert(accepted(kiln::quantize<u8>(x, 1, 256)) == value_mistake::zero_point_out_of_range);
static_assert(accepted(kiln::quantize<u8>(x, 1, -1)) == value_mistake::zero_point_out_of_range);
static_assert(accepted(kiln::quantize<s8>(x, 1, -128)) == value_mistake::none);
static_assert(accepted(kiln::quantize<s8>(x, 1, 0.5F)) == value_mistake::zero_point_out_of_range);

TEST_CASE("numbers") {
  CHECK(kiln_test::lowered(r)
        == "input x; constant; constant; quantize 0 1 2; cast 3; constant; constant; dequantize 4"
           " 5 6 -> y=7");
}
TEST_CASE("channels lie along their axis") {
  CHECK(kiln_test::lowered(rows)
        == "weight s; reshape 0; input x; weight z; reshape 3; quantize 2 1 4; cast 5 -> y=6");
}

}  // namespace
