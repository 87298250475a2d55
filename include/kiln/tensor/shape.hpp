// SPDX-License-Identifier: MIT
// Shapes as values: an extent is a number, or a number times symbols with a value at run time.
#pragma once

#include <kiln/tensor/dtype.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace kiln::tensor {

/// Limits: axes of a tensor, dynamic extents of a net.
inline constexpr int max_rank = 6;
inline constexpr int max_symbols = 4;

/// One extent: `factor`, times the symbols it names. A symbol is an index into a symbol table.
///
/// @law  is_static() <=> the extent is known to the compiler
struct dim final {
  std::int32_t factor = 1;
  std::array<std::int8_t, 2> symbols{-1, -1};  // sorted, -1 last

  [[nodiscard]] constexpr bool is_static() const { return symbols[0] < 0; }
  /// Bit by bit, because compilers take few steps for it.
  constexpr bool operator==(const dim& other) const {
    return factor == other.factor
           && __builtin_bit_cast(std::uint16_t, symbols)
                  == __builtin_bit_cast(std::uint16_t, other.symbols);
  }
};

/// A dynamic extent's name and the largest value it may take.
struct symbol final {
  const char* name = nullptr;
  std::int32_t bound = 0;
};

/// The symbols of a graph; unused places have no name.
using symbol_table = std::array<symbol, max_symbols>;

/// The largest value of an extent.
constexpr std::int64_t bound_of(const dim& d, const symbol_table& table) {
  std::int64_t n = d.factor;
  if (d.is_static()) return n;
  for (const auto s : d.symbols) {
    if (s >= 0) n *= table[static_cast<std::size_t>(s)].bound;
  }
  return n;
}

/// The value of an extent when its symbols have these values.
constexpr std::int64_t value_of(const dim& d, const std::int64_t* values) {
  std::int64_t n = d.factor;
  for (const auto s : d.symbols) {
    if (s >= 0) n *= values[s];
  }
  return n;
}

/// Product of two extents; an extent of more than two symbols has factor -1.
constexpr dim operator*(const dim& a, const dim& b) {
  dim r{a.factor * b.factor, a.symbols};
  if (b.is_static()) return r;
  for (const auto s : b.symbols) {
    if (s < 0) continue;
    if (r.symbols[0] < 0) {
      r.symbols[0] = s;
    } else if (r.symbols[1] < 0) {
      r.symbols[1] = s;
    } else {
      return {-1, {}};
    }
  }
  if (r.symbols[1] >= 0 && r.symbols[1] < r.symbols[0]) {
    r.symbols = {r.symbols[1], r.symbols[0]};
  }
  return r;
}

/// What a tensor is, apart from its values: element type and extents.
struct tensor_type final {
  dtype element = dtype::f32;
  std::int8_t rank = 0;
  std::array<dim, max_rank> dims{};

  [[nodiscard]] constexpr const dim& operator[](int axis) const {
    return dims[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] constexpr dim& operator[](int axis) { return dims[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] constexpr const dim& back(int from_last = 0) const {
    return dims[static_cast<std::size_t>(rank - 1 - from_last)];
  }
  [[nodiscard]] constexpr dim elems() const {
    dim n{};
    for (int i = 0; i < rank; ++i) n = n * (*this)[i];
    return n;
  }
  [[nodiscard]] constexpr bool same_shape(const tensor_type& other) const {
    return rank == other.rank && dims == other.dims;
  }
  constexpr bool operator==(const tensor_type&) const = default;
};

/// A type with static extents: `static_type(f32, 4, 8)`.
template <class... Extents>
constexpr tensor_type static_type(dtype element, Extents... extents) {
  tensor_type t{element, static_cast<std::int8_t>(sizeof...(Extents)), {}};
  int i = 0;
  ((t[i++] = dim{static_cast<std::int32_t>(extents), {-1, -1}}), ...);
  return t;
}

static_assert(static_type(dtype::f32, 4, 8).elems() == dim{32, {-1, -1}});
static_assert((dim{2, {1, -1}} * dim{3, {0, -1}}) == dim{6, {0, 1}});

/// Whether two shapes are the same but for axes of extent 1.
constexpr bool same_but_ones(const tensor_type& a, const tensor_type& b) {
  int k = b.rank;
  for (int i = a.rank - 1; i >= 0; --i) {
    if (a[i] == dim{}) continue;
    do --k;
    while (k >= 0 && b[k] == dim{});
    if (k < 0 || a[i] != b[k]) return false;
  }
  while (k > 0 && b[k - 1] == dim{}) --k;
  return k <= 0;
}

}  // namespace kiln::tensor
