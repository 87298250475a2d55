// SPDX-License-Identifier: MIT
// Reshape, transpose and slice as views: elements stay where they are.
#pragma once

#include <kiln/op/registry.hpp>
#include <kiln/plan/placed_tensor.hpp>

#include <cstdint>

namespace kiln::plan {

/// The axes of v in the order of a transpose.
constexpr view transposed(const view& v, const op::transpose_op::attributes& attributes) {
  view r = v;
  for (int i = 0; i < v.rank; ++i) r[i] = v[attributes.order[static_cast<std::size_t>(i)]];
  return r;
}

/// Every step-th element of one axis from `begin` on.
constexpr view sliced(const view& v, const op::slice_op::attributes& attributes) {
  view r = v;
  stride& s = r[attributes.axis];
  (s.rows != 0 ? r.start_rows : r.start) += s.factor * attributes.begin;
  s.factor *= attributes.step;
  return r;
}

/// Whether slicing v keeps its start an integer or an integer times the row stride.
constexpr bool can_slice(const view& v, const op::slice_op::attributes& attributes) {
  return attributes.begin == 0 || v[attributes.axis].symbols[0] < 0;
}

namespace detail {
// Axes [first, last] of v are crossed with one stride; axes of extent 1 do not count.
constexpr bool is_chain(const view& v, const tensor_type& t, int first, int last) {
  int inner = -1;
  for (int i = last; i >= first; --i) {
    if (t[i] == dim{}) continue;
    if (inner >= 0 && v[i] != v[inner] * t[inner]) return false;
    inner = i;
  }
  return true;
}
constexpr void set_chain(view& v, const tensor_type& t, stride s, int last) {
  for (int i = last; i >= 0; --i) {
    v[i] = s;
    s = s * t[i];
  }
}
// The stride of the innermost axis that is not 1 among axes [0, last].
constexpr stride innermost(const view& v, const tensor_type& t, int last) {
  for (int i = last; i >= 0; --i) {
    if (t[i] != dim{}) return v[i];
  }
  return {1, 0, {-1, -1}};
}
}  // namespace detail

/// A dense tensor's elements in row-major order of the axes of `type`.
constexpr view dense_view(int tensor, const tensor_type& type) {
  view v{};
  v.tensor = static_cast<std::int16_t>(tensor);
  v.rank = type.rank;
  detail::set_chain(v, type, {1, 0, {-1, -1}}, type.rank - 1);
  return v;
}

/// Elements that one step along an axis of a dense tensor passes.
constexpr dim elems_after(const tensor_type& type, int axis) {
  dim n{};
  for (int i = axis + 1; i < type.rank; ++i) n = n * type[i];
  return n;
}

/// `type` as rows of `unit` elements, which divide it: starts that are multiples of the unit, whose
/// value is known at run time only, are then whole rows.
constexpr tensor_type in_units(const tensor_type& type, const dim& unit) {
  dim rows = type.elems();
  rows.factor /= unit.factor;
  for (const auto s : unit.symbols) {
    if (s < 0) continue;
    const bool first = rows.symbols[0] == s;
    rows.symbols = {first ? rows.symbols[1] : rows.symbols[0], -1};
  }
  tensor_type r{type.element, 2, {}};
  r[0] = rows;
  r[1] = unit;
  return r;
}

/// Sets r to v seen with another shape; false when the elements would have to move.
constexpr bool reshaped(const view& v, const tensor_type& from, const tensor_type& to, view& r) {
  r = v;
  r.rank = to.rank;
  r.strides = {};
  if (from.rank == 0 || detail::is_chain(v, from, 0, from.rank - 1)) {
    detail::set_chain(r, to, detail::innermost(v, from, from.rank - 1), to.rank - 1);
    return true;
  }
  if (to.rank == 0 || to.back() != from.back()) return false;
  if (!detail::is_chain(v, from, 0, from.rank - 2)) return false;
  r[to.rank - 1] = v[from.rank - 1];
  detail::set_chain(r, to, detail::innermost(v, from, from.rank - 2), to.rank - 2);
  return true;
}

}  // namespace kiln::plan
