// SPDX-License-Identifier: MIT
// Elementwise and movement operators in f64 with error bounds.
#pragma once

#include <kiln/graph/graph.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/reference/tensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace kiln::reference {

/// The tensors that an operator reads, in order.
using operand_list = std::vector<const tensor*>;

namespace detail {

using interval_meaning = interval (*)(const interval*);

template <class Op, std::size_t... I>
interval call_interval(const interval* x, std::index_sequence<I...>) {
  return Op::template apply<interval>(x[I]...);
}
template <class Op>
constexpr interval_meaning interval_meaning_of() {
  if constexpr (Op::group == op::category::elementwise && Op::arity > 0) {
    return [](const interval* x) {
      return call_interval<Op>(x, std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    };
  } else {
    return nullptr;
  }
}
template <class List>
struct meanings;
template <class... Ops>
struct meanings<core::list<Ops...>> {
  static constexpr std::array<interval_meaning, sizeof...(Ops)> rows{interval_meaning_of<Ops>()...};
};

// A user's callable says nothing about its roundings. Its result is compared with those where each
// argument moves within its interval and by 4 units in the last place more: an evaluation whose
// errors are like small errors of its arguments (backward stable) stays inside.
inline interval call_user(const graph::callable& user, const interval* x, int count) {
  std::array<double, graph::max_operands> arguments{};
  for (int i = 0; i < count; ++i) arguments[static_cast<std::size_t>(i)] = x[i].value;
  const double value = user.call(user.object, arguments.data());
  double below = 0;
  double above = 0;
  for (int i = 0; i < count; ++i) {
    const interval moved = widen(x[i], function_roundoffs, 0);
    if (moved.maybe_nan) return anything(value);
    for (const double end : {moved.lo, moved.hi}) {
      arguments[static_cast<std::size_t>(i)] = end;
      const double change = user.call(user.object, arguments.data()) - value;
      if (value == value && change != change && std::isfinite(end)) return anything(value);
      below = std::min(below, change);
      above = std::max(above, change);
    }
    arguments[static_cast<std::size_t>(i)] = x[i].value;
  }
  if (value != value) return certain_nan();
  return function({value, value + below, value + above, false});
}

template <class Call>
void each_element(const operand_list& operands, tensor& out, Call call) {
  std::array<extents_list, graph::max_operands> strides{};
  for (std::size_t i = 0; i < operands.size(); ++i) {
    strides[i] = broadcast_strides(operands[i]->extents);
  }
  std::array<interval, graph::max_operands> x{};
  walk(out.extents, strides, [&](std::size_t to, const auto& from) {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      x[i] = operands[i]->at(static_cast<std::size_t>(from[i]));
    }
    out.set(to, call(x.data()));
  });
}

// Copies elements: out[flat] = x[base + sum of index * strides].
inline void gather(const tensor& x, std::int64_t base, const extents_list& strides, tensor& out) {
  walk(out.extents, std::array{strides}, [&](std::size_t to, const auto& from) {
    const auto p = static_cast<std::size_t>(base + from[0]);
    out.value[to] = x.value[p];
    out.bound[to] = x.bound[p];
  });
}

// Strides of x without the zeros of broadcasting.
inline extents_list plain_strides(const extents_list& extents) {
  extents_list strides(extents.size());
  std::int64_t stride = 1;
  for (std::size_t i = extents.size(); i-- > 0; stride *= extents[i]) strides[i] = stride;
  return strides;
}

inline void transpose(const op::transpose_op::attributes& at, const tensor& x, tensor& out) {
  const extents_list from = plain_strides(x.extents);
  extents_list strides;
  for (std::size_t i = 0; i < from.size(); ++i) {
    strides.push_back(from[static_cast<std::size_t>(at.order[i])]);
  }
  gather(x, 0, strides, out);
}

inline void slice(const op::slice_op::attributes& at, const tensor& x, tensor& out) {
  extents_list strides = plain_strides(x.extents);
  const auto axis = static_cast<std::size_t>(at.axis);
  const std::int64_t base = strides[axis] * at.begin;
  strides[axis] *= at.step;
  gather(x, base, strides, out);
}

inline void concat(std::int32_t axis, const operand_list& operands, tensor& out) {
  const extents_list into = plain_strides(out.extents);
  std::int64_t begin = 0;
  for (const tensor* x : operands) {
    walk(x->extents, std::array{into}, [&](std::size_t from, const auto& offset) {
      const auto to = static_cast<std::size_t>(begin + offset[0]);
      out.value[to] = x->value[from];
      out.bound[to] = x->bound[from];
    });
    begin += x->extents[static_cast<std::size_t>(axis)] * into[static_cast<std::size_t>(axis)];
  }
}

}  // namespace detail

/// An elementwise node of the graph, user callables included, into `out`, whose extents are set.
///
/// @shape  operands: broadcast to out
inline void elementwise(const graph::node& n, const operand_list& operands, tensor& out) {
  if (n.is<op::map_op>() || n.is<op::map_vector_op>()) {
    const int count = static_cast<int>(operands.size());
    detail::each_element(
        operands, out, [&](const interval* x) { return detail::call_user(n.user, x, count); });
  } else {
    const auto meaning = detail::meanings<op::registry>::rows[static_cast<std::size_t>(n.kind)];
    detail::each_element(operands, out, meaning);
  }
}

/// A movement node of the graph into `out`, whose extents are set: values and bounds change place.
inline void move_elements(const graph::node& n, const operand_list& operands, tensor& out) {
  const tensor& x = *operands[0];
  if (n.is<op::transpose_op>()) {
    detail::transpose(n.attributes_of<op::transpose_op>(), x, out);
  } else if (n.is<op::slice_op>()) {
    detail::slice(n.attributes_of<op::slice_op>(), x, out);
  } else if (n.is<op::concat_op>()) {
    detail::concat(n.attributes_of<op::concat_op>().axis, operands, out);
  } else {  // reshape
    out.value = x.value;
    out.bound = x.bound;
  }
}

}  // namespace kiln::reference
