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
  return attributes.begin == 0 || v[attributes.axis].symbols.is_empty();
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
// True if every value of b is a multiple of that of a.
constexpr bool divides(const dim& a, const dim& b) {
  return a.factor > 0 && b.factor % a.factor == 0 && a.symbols.divides(b.symbols);
}
// The axes behind which `from` and `to` were cut last; both have as many elements from there on.
struct cut final {
  int from = 0;
  int to = 0;
};
// The next cut before `at`, as near as can be: the axes of `from` between the two become those of
// `to` between them, whatever lies outside.
constexpr cut cut_before(const tensor_type& from, const tensor_type& to, cut at) {
  dim a = from[--at.from], b = to[--at.to];
  while (a != b) {
    const bool more_a = divides(a, b), more_b = divides(b, a);
    if (more_b && !more_a) {
      b = b * to[--at.to];
    } else {
      a = a * from[--at.from];
      if (!more_a) b = b * to[--at.to];
    }
  }
  return at;
}
}  // namespace detail

/// A dense tensor's elements in row-major order of the axes of `type`.
constexpr view dense_view(int tensor, const tensor_type& type) {
  view v{};
  v.tensor = static_cast<std::int16_t>(tensor);
  v.rank = type.rank;
  detail::set_chain(v, type, {1, 0}, type.rank - 1);
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
  const dim all = type.elems();
  tensor_type r{type.element, 2, {}};
  r[0] = {all.factor / unit.factor, all.symbols / unit.symbols};
  r[1] = unit;
  return r;
}

/// Sets r to v seen with another shape; false when the elements would have to move: where axes that
/// become one, or are divided anew, are not crossed with one stride.
constexpr bool reshaped(const view& v, const tensor_type& from, const tensor_type& to, view& r) {
  r = v;
  r.rank = to.rank;
  r.strides = {};
  stride s{1, 0};
  for (detail::cut at{from.rank, to.rank}; at.to > 0;) {
    const detail::cut next = at.from > 0 ? detail::cut_before(from, to, at) : detail::cut{};
    if (!detail::is_chain(v, from, next.from, at.from - 1)) return false;
    for (int i = at.from - 1; i >= next.from; --i) {
      if (from[i] == dim{}) continue;
      s = v[i];
      break;
    }
    for (int i = at.to - 1; i >= next.to; --i) {
      r[i] = s;
      s = s * to[i];
    }
    at = next;
  }
  return true;
}

/// A view over the axes of `from`, over those of `to`, which are the same but for some of extent 1:
/// where `from` has none, a step goes as far as the axes behind it.
///
/// @pre  tensor::same_but_ones(from, to); their last axes are equal
constexpr view with_ones(const view& v, const tensor_type& from, const tensor_type& to) {
  view r = v;
  r.rank = to.rank;
  r.strides = {};
  int k = from.rank;
  for (int i = to.rank - 1; i >= 0; --i) {
    if (to[i] == dim{} && i + 1 < to.rank) {
      r[i] = r[i + 1] * to[i + 1];
      continue;
    }
    do --k;
    while (k > 0 && from[k] == dim{} && i + 1 < to.rank);
    r[i] = v[k];
  }
  return r;
}

/// Whether rows with gaps between them, as a caller may have them, can be seen with another shape.
constexpr bool keeps_rows(const tensor_type& from, const tensor_type& to) {
  placed_tensor t{};
  t.type = from;
  view v{}, r{};
  v.rank = from.rank;
  for (int i = 0; i < from.rank; ++i) v[i] = stride_of(t, i);
  return reshaped(v, from, to, r);
}

/// Whether a graph's input has to come without gaps between its rows, for a reshape makes them
/// parts of longer ones; rows whose length is known at run time only are copied instead.
///
/// @cost  linear in the nodes of g
template <class Graph>
constexpr bool is_flattened(const Graph& g, int input) {
  const tensor_type& from = g[input].type;
  if (from.rank < 2 || !from.back().is_static()) return false;
  for (int i = input + 1; i < g.size; ++i) {
    if (!g[i].template is<op::reshape_op>() || g[i].operand(0) != input) continue;
    if (!keeps_rows(from, g[i].type)) return true;
  }
  return false;
}

}  // namespace kiln::plan
