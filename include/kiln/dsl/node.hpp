// SPDX-License-Identifier: MIT
// One node of an expression as a type, and what distinguishes nodes of one operator.
#pragma once

#include <kiln/dsl/typed.hpp>
#include <kiln/op/source.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::dsl {

/// What distinguishes two nodes of one operator: integer attributes, ...
template <std::int32_t... Words>
struct attributes final {};
/// ... a name, which is a core::text, or a call site (a closure type) for what carries a value.
template <class Tag, int Index = 0>
struct site final {};
/// A site inside a scope.
template <class Prefix, class Site>
struct scoped final {};

/// One node: operator, identity, tensor type, places of the operands in the chain before it.
template <class Op, class Identity, class Typed, int... Operands>
struct n final {
  using op_t = Op;
  using identity_t = Identity;
  using typed_t = Typed;
};

/// The leaf that stands for a callable of Arity floats; `map` has it as its first operand.
template <class Callable, int Arity>
struct callable_op final {
  static constexpr std::string_view name = "callable";
};
/// The leaf that stands for the argument of a scope's function until it is substituted.
struct placeholder_op final {
  static constexpr std::string_view name = "placeholder";
};

/// What the value of an expression carries for a node.
enum class payload : std::uint8_t { none, scalar, callable };

/// The same by the node's type.
template <class Node>
inline constexpr payload payload_of = payload::none;
template <class Site, class Typed>
inline constexpr payload payload_of<n<op::constant_op, Site, Typed>> = payload::scalar;
template <class F, int Arity, class Site, class Typed>
inline constexpr payload payload_of<n<callable_op<F, Arity>, Site, Typed>> = payload::callable;

}  // namespace kiln::dsl
