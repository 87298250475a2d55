// SPDX-License-Identifier: MIT
// Shapes as values: an extent is a number, or a number times symbols with a value at run time.
#pragma once

#include <kiln/core/unreachable.hpp>
#include <kiln/tensor/dtype.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace kiln::tensor {

/// Limits: axes of a tensor, dynamic extents of a net.
inline constexpr int max_rank = 6;
inline constexpr int max_symbols = 4;

/// A product of symbols, each an index into a symbol table: how often each of them is a factor (15
/// times at most), in four bits each, because compilers take few steps for one number.
struct symbol_product final {
  std::uint16_t counts = 0;

  [[nodiscard]] constexpr bool is_empty() const { return counts == 0; }
  /// How often a symbol is a factor.
  [[nodiscard]] constexpr int operator[](int symbol) const {
    return counts >> (bits * symbol) & most;
  }
  /// The first factor, and the product of the others.
  ///
  /// @pre  !is_empty()
  [[nodiscard]] constexpr int first() const { return __builtin_ctz(counts) / bits; }
  [[nodiscard]] constexpr symbol_product others() const {
    return {static_cast<std::uint16_t>(counts - one_of(first()))};
  }
  /// How many factors there are, equal ones too.
  [[nodiscard]] constexpr int size() const {
    int n = 0;
    for (symbol_product p = *this; !p.is_empty(); p = p.others()) ++n;
    return n;
  }
  /// The symbol that is the only factor; -1: there are none or several.
  [[nodiscard]] constexpr int single() const {
    return is_empty() || !others().is_empty() ? -1 : first();
  }
  [[nodiscard]] constexpr bool divides(symbol_product other) const {
    for (int s = 0; s < max_symbols; ++s) {
      if ((*this)[s] > other[s]) return false;
    }
    return true;
  }
  /// n times the values of the factors.
  template <class Values>
  [[nodiscard]] constexpr std::int64_t times(std::int64_t n, const Values& value_of) const {
    for (symbol_product p = *this; !p.is_empty(); p = p.others()) n *= value_of(p.first());
    return n;
  }

  constexpr bool operator==(const symbol_product& other) const { return counts == other.counts; }
  friend constexpr symbol_product operator*(symbol_product a, symbol_product b) {
    const unsigned sum = 0U + a.counts + b.counts;
    constexpr unsigned carries = 0x11110;
    if (((a.counts ^ b.counts ^ sum) & carries) != 0) core::unreachable("a symbol 16 times");
    return {static_cast<std::uint16_t>(sum)};
  }
  /// @pre  b.divides(a)
  friend constexpr symbol_product operator/(symbol_product a, symbol_product b) {
    a.counts = static_cast<std::uint16_t>(a.counts - b.counts);
    return a;
  }

  static constexpr int bits = 4, most = 15;
  static_assert(bits * max_symbols <= 16);
  static constexpr unsigned one_of(int symbol) { return 1U << (bits * symbol); }
};

/// The product of some symbols.
template <class... Symbols>
constexpr symbol_product product_of(Symbols... symbols) {
  return {static_cast<std::uint16_t>((0U + ... + symbol_product::one_of(symbols)))};
}

/// One extent: `factor`, times the symbols it names.
///
/// @law  is_static() <=> the extent is known to the compiler
struct dim final {
  std::int32_t factor = 1;
  symbol_product symbols{};

  // Spelled out, because each call is a step for compilers, too.
  [[nodiscard]] constexpr bool is_static() const { return symbols.counts == 0; }
  constexpr bool operator==(const dim& other) const {
    return factor == other.factor && symbols.counts == other.symbols.counts;
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
  constexpr std::int64_t most = std::int64_t{1} << 56;  // bytes and flop of it stay countable
  std::int64_t n = d.factor;
  for (symbol_product p = d.symbols; !p.is_empty(); p = p.others()) {
    const std::int64_t bound = table[static_cast<std::size_t>(p.first())].bound;
    if (bound > 0 && n > most / bound) {
      core::unreachable("kiln: the bounds of dynamic extents allow more than 2^56 elements");
    }
    n *= bound;
  }
  return n;
}

/// The value of an extent when its symbols have these values.
constexpr std::int64_t value_of(const dim& d, const std::int64_t* values) {
  return d.symbols.times(d.factor, [values](int s) { return values[s]; });
}

/// Product of two extents.
constexpr dim operator*(const dim& a, const dim& b) {
  dim r = a;
  r.factor *= b.factor;
  if (b.symbols.counts != 0) r.symbols = a.symbols * b.symbols;
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
  ((t[i++] = dim{static_cast<std::int32_t>(extents)}), ...);
  return t;
}

static_assert(static_type(dtype::f32, 4, 8).elems() == dim{32});
static_assert((dim{2, product_of(1)} * dim{3, product_of(0)}) == dim{6, product_of(0, 1)});

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
