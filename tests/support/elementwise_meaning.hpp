// SPDX-License-Identifier: MIT
// What the unit tests of elementwise operators share: the common shape rule, and values.
#pragma once

#include <kiln/op/elementwise.hpp>
#include <kiln/reference/interval.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <support/shape_rule.hpp>
#include <support/tolerance.hpp>

namespace kiln::test {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double inf = std::numeric_limits<double>::infinity();

namespace detail {
/// The first operand is `first`, all others are `rest`.
template <class Op>
constexpr op::inferred infer_with(const tensor::tensor_type& first,
                                  const tensor::tensor_type& rest) {
  std::array<tensor::tensor_type, static_cast<std::size_t>(Op::arity)> all{};
  for (auto& t : all) t = rest;
  all[0] = first;
  return Op::infer({}, {all.data(), Op::arity});
}
}  // namespace detail

/// NumPy broadcasting, scalars that do not decide the type, no integers.
template <class Op>
constexpr bool follows_elementwise_rules() {
  static_assert(op::operation<Op> && Op::group == op::category::elementwise && Op::cost > 0);
  constexpr auto full = static_type(f32, 2, 3);
  bool good = detail::infer_with<Op>(full, full).type == full;
  constexpr auto integers = static_type(s8, 2, 3);
  constexpr auto refused = detail::infer_with<Op>(integers, integers);
  good = good && refused.what == mistake::wrong_dtype && refused.expected == full
         && refused.actual == integers;
  if constexpr (Op::arity > 1) {
    constexpr auto half = static_type(bf16, 2, 3);
    good = good && detail::infer_with<Op>(half, static_type(f32)).type == half;
    good = good && detail::infer_with<Op>(half, full).type == full;
    constexpr auto column = static_type(f32, 2, 1);
    constexpr auto row = static_type(f32, 3);
    good = good && detail::infer_with<Op>(column, row).type == full;
    good = good && detail::infer_with<Op>(row, column).type == full;
    constexpr auto other = static_type(f32, 2, 4);
    constexpr auto apart = detail::infer_with<Op>(full, other);
    good = good && apart.what == mistake::cannot_broadcast && apart.expected == full
           && apart.actual == other;
    constexpr auto open = with_axis(full, 0, dynamic(0));
    good = good && detail::infer_with<Op>(open, row).type == open;
    good = good && detail::infer_with<Op>(open, full).what == mistake::cannot_broadcast;
  }
  return good;
}

/// Op::apply(x...) is `expected` in f64, and in f32 within the oracle's own bound.
template <class Op, class... X>
void check_meaning(double expected, X... x) {
  const double found = Op::template apply<double>(static_cast<double>(x)...);
  std::string call(Op::name);
  ((call += " " + std::to_string(x)), ...);
  INFO(call);
  if (std::isnan(expected) || std::isinf(expected) || expected == 0) {
    CHECK((std::isnan(expected) ? std::isnan(found) : found == expected));
  } else {
    CHECK(found == doctest::Approx(expected).epsilon(1e-13));
  }
  const auto rounded = [](auto v) { return static_cast<float>(v); };
  const auto oracle = Op::template apply<reference::interval>(
      reference::interval(static_cast<double>(rounded(x)))...);
  const float single = Op::template apply<float>(rounded(x)...);
  INFO("f32 ", single, ", oracle ", oracle.value, " +- ", oracle.bound());
  CHECK(used_bound(oracle.value, static_cast<double>(single), oracle.bound()) <= 1);
}

}  // namespace kiln::test
