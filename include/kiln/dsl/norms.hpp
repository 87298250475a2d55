// SPDX-License-Identifier: MIT
// Normalisations on expressions.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/batch_norm.hpp>
#include <kiln/op/layer_norm.hpp>
#include <kiln/op/rms_norm.hpp>

#include <array>

namespace kiln::dsl {

/// Default value of a parameter.
struct epsilon_of_norms final {
  static constexpr std::array<float, 1> values{1e-5F};
};

}  // namespace kiln::dsl

namespace kiln {

/// layer_norm(x, gamma, beta, epsilon = 1e-5) over the last axis.
///
/// @shape   x: [..., n]; gamma, beta: [n], scalar or number; out: as x
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_size, wrong_number_of_operands
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto layer_norm(const T&... given) {
  return dsl::call<op::layer_norm_op, dsl::attributes<>, dsl::epsilon_of_norms, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused layer_norm(const T&...) {
  return {core::accepted<dsl::no_operand<op::layer_norm_op, T...>>()};
}

/// rms_norm(x, gamma, epsilon = 1e-5) over the last axis.
///
/// @shape   x: [..., n]; gamma: [n], scalar or number; out: as x
/// @errors  compile time: wrong_rank, wrong_dtype, wrong_size, wrong_number_of_operands
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto rms_norm(const T&... given) {
  return dsl::call<op::rms_norm_op, dsl::attributes<>, dsl::epsilon_of_norms, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused rms_norm(const T&...) {
  return {core::accepted<dsl::no_operand<op::rms_norm_op, T...>>()};
}

/// batch_norm(x, gamma, beta, mean, variance, epsilon = 1e-5): given statistics, one for each
/// channel of the last axis.
///
/// @shape   x: [..., c]; gamma, beta, mean, variance: [c], scalar or number; out: as x
/// @errors  compile time: cannot_broadcast, wrong_dtype, wrong_number_of_operands
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto batch_norm(const T&... given) {
  return dsl::call<op::batch_norm_op, dsl::attributes<>, dsl::epsilon_of_norms, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused batch_norm(const T&...) {
  return {core::accepted<dsl::no_operand<op::batch_norm_op, T...>>()};
}

}  // namespace kiln
