// SPDX-License-Identifier: MIT
// Activation functions on expressions.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/clip.hpp>
#include <kiln/op/elu.hpp>
#include <kiln/op/gelu_erf.hpp>
#include <kiln/op/gelu_tanh.hpp>
#include <kiln/op/hardsigmoid.hpp>
#include <kiln/op/hardswish.hpp>
#include <kiln/op/leaky_relu.hpp>
#include <kiln/op/linear.hpp>
#include <kiln/op/mish.hpp>
#include <kiln/op/prelu.hpp>
#include <kiln/op/relu.hpp>
#include <kiln/op/sigmoid.hpp>
#include <kiln/op/softplus.hpp>
#include <kiln/op/swish.hpp>
#include <kiln/op/tanh.hpp>

#include <array>

namespace kiln::dsl {

/// Default values of parameters.
struct slope_of_leaky_relu final {
  static constexpr std::array<float, 1> values{0.01F};
};
struct alpha_is_1 final {
  static constexpr std::array<float, 1> values{1.0F};
};
struct line_of_hardsigmoid final {
  static constexpr std::array<float, 2> values{1.0F / 6.0F, 0.5F};
};

}  // namespace kiln::dsl

namespace kiln {

/// Activations of one operand; the meaning of each is written in op/<name>.hpp. gelu is the one
/// with erf.
///
/// @shape   x: any; out: as x
/// @errors  compile time: wrong_dtype (integers need a cast)
template <class Chain>
constexpr auto relu(const dsl::expr<Chain>& x) {
  return dsl::build<op::relu_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused relu(const T&) {
  return {core::accepted<dsl::no_operand<op::relu_op, T>>()};
}
template <class Chain>
constexpr auto tanh(const dsl::expr<Chain>& x) {
  return dsl::build<op::tanh_op, dsl::attributes<>>(x);
}
template <class Chain>
constexpr auto sigmoid(const dsl::expr<Chain>& x) {
  return dsl::build<op::sigmoid_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused sigmoid(const T&) {
  return {core::accepted<dsl::no_operand<op::sigmoid_op, T>>()};
}
template <class Chain>
constexpr auto mish(const dsl::expr<Chain>& x) {
  return dsl::build<op::mish_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused mish(const T&) {
  return {core::accepted<dsl::no_operand<op::mish_op, T>>()};
}
template <class Chain>
constexpr auto hardswish(const dsl::expr<Chain>& x) {
  return dsl::build<op::hardswish_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused hardswish(const T&) {
  return {core::accepted<dsl::no_operand<op::hardswish_op, T>>()};
}
template <class Chain>
constexpr auto softplus(const dsl::expr<Chain>& x) {
  return dsl::build<op::softplus_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused softplus(const T&) {
  return {core::accepted<dsl::no_operand<op::softplus_op, T>>()};
}
template <class Chain>
constexpr auto gelu(const dsl::expr<Chain>& x) {
  return dsl::build<op::gelu_erf_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused gelu(const T&) {
  return {core::accepted<dsl::no_operand<op::gelu_erf_op, T>>()};
}
template <class Chain>
constexpr auto gelu_tanh(const dsl::expr<Chain>& x) {
  return dsl::build<op::gelu_tanh_op, dsl::attributes<>>(x);
}
template <dsl::no_expression T>
constexpr dsl::refused gelu_tanh(const T&) {
  return {core::accepted<dsl::no_operand<op::gelu_tanh_op, T>>()};
}

/// Activations with parameters, numbers or expressions: leaky_relu(x, slope = 0.01), prelu(x,
/// slope), elu(x, alpha = 1), swish(x, alpha = 1), linear(x, alpha, beta), clip(x, lo, hi),
/// hardsigmoid(x, alpha = 1/6, beta = 1/2).
///
/// @shape   x: any; parameters: broadcast to x
/// @errors  compile time: cannot_broadcast, wrong_dtype, wrong_number_of_operands,
///          constant_does_not_fit_f32
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto leaky_relu(const T&... given) {
  return dsl::call<op::leaky_relu_op, dsl::attributes<>, dsl::slope_of_leaky_relu, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused leaky_relu(const T&...) {
  return {core::accepted<dsl::no_operand<op::leaky_relu_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto prelu(const T&... given) {
  return dsl::call<op::prelu_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused prelu(const T&...) {
  return {core::accepted<dsl::no_operand<op::prelu_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto elu(const T&... given) {
  return dsl::call<op::elu_op, dsl::attributes<>, dsl::alpha_is_1, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused elu(const T&...) {
  return {core::accepted<dsl::no_operand<op::elu_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto swish(const T&... given) {
  return dsl::call<op::swish_op, dsl::attributes<>, dsl::alpha_is_1, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused swish(const T&...) {
  return {core::accepted<dsl::no_operand<op::swish_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto linear(const T&... given) {
  return dsl::call<op::linear_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused linear(const T&...) {
  return {core::accepted<dsl::no_operand<op::linear_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto clip(const T&... given) {
  return dsl::call<op::clip_op, dsl::attributes<>, dsl::no_defaults, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused clip(const T&...) {
  return {core::accepted<dsl::no_operand<op::clip_op, T...>>()};
}
template <class... T, class Site = decltype([] {})>
  requires dsl::some_expression<T...>
constexpr auto hardsigmoid(const T&... given) {
  return dsl::call<op::hardsigmoid_op, dsl::attributes<>, dsl::line_of_hardsigmoid, Site>(given...);
}
template <dsl::no_expression... T>
constexpr dsl::refused hardsigmoid(const T&...) {
  return {core::accepted<dsl::no_operand<op::hardsigmoid_op, T...>>()};
}

/// x * sigmoid(x): swish with alpha = 1.
///
/// @shape   x: any; out: as x
/// @errors  compile time: wrong_dtype (integers need a cast)
template <class Chain>
constexpr auto silu(const dsl::expr<Chain>& x) {
  return kiln::swish(x);
}
template <dsl::no_expression T>
constexpr dsl::refused silu(const T&) {
  return {core::accepted<dsl::no_operand<op::swish_op, T>>()};
}

}  // namespace kiln
