// SPDX-License-Identifier: MIT
// Memory of the caller against a tensor of the net: finds the dynamic extents, and what is wrong.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/runtime/contract.hpp>
#include <kiln/runtime/overlap.hpp>
#include <kiln/tensor/memory.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// The value of a dynamic extent that is not known yet.
inline constexpr std::int64_t not_known = std::numeric_limits<std::int64_t>::min();

/// Values of the dynamic extents, by symbol.
using symbol_values = std::array<std::int64_t, tensor::max_symbols>;
inline constexpr symbol_values no_symbols{not_known, not_known, not_known, not_known};

/// What can be wrong with memory; `actual` of a problem is in the unit of the name.
enum class mismatch : std::uint8_t {
  none,
  null_pointer,
  element,
  alignment,
  read_only,
  axes,
  extent,
  elems,
  rows,
  row_stride,
  gaps,  // elements do not reach the end of the last row at this row stride
  symbol_unknown,
  symbol_bound
};

/// One thing that is wrong with memory.
struct problem final {
  mismatch what = mismatch::none;
  std::int64_t actual = 0;
  int at = 0;        // axis or symbol
  int to_tell = -1;  // the symbol that the caller has to give, where that is what is missing
};

/// Memory that fits: rows of `cols` elements.
struct matched final {
  std::int64_t rows = 1;
  std::int64_t cols = 1;
  std::int64_t row_stride = 1;

  /// The bytes from `data` on, with elements of so many bytes.
  [[nodiscard]] footprint bytes(const void* data, std::size_t element) const {
    return {reinterpret_cast<std::uintptr_t>(data),
            static_cast<std::size_t>(rows),
            static_cast<std::size_t>(cols) * element,
            static_cast<std::size_t>(row_stride) * element};
  }
};

namespace detail {

// These functions are inlined where the contract is a constant, and what is left of them there is a
// handful of comparisons. Compilers unroll no loop for that; hence the two functions below, of
// which the second has one for what is rare.

/// Calls f(axis) for the first `count` axes.
template <class F>
KILN_INLINE void for_axes(int count, const F& f) {
  static_assert(tensor::max_rank == 6);
  if (count > 0) f(0);
  if (count > 1) f(1);
  if (count > 2) f(2);
  if (count > 3) f(3);
  if (count > 4) f(4);
  if (count > 5) f(5);
}

/// Calls f(symbol) for the symbols of an extent.
template <class F>
KILN_INLINE void for_symbols(const tensor::dim& d, const F& f) {
  if (d.is_static()) return;
  f(static_cast<std::size_t>(d.symbols.first()));
  for (tensor::symbol_product p = d.symbols.others(); !p.is_empty(); p = p.others()) {
    f(static_cast<std::size_t>(p.first()));
  }
}

/// A value that a dynamic extent can have at all.
constexpr bool is_plausible(std::int64_t v) {
  return v > 0 && v <= std::numeric_limits<std::int32_t>::max();
}

/// The value of an extent; -1 while a symbol of it is not known, or is out of all bounds.
KILN_INLINE std::int64_t known_extent(const tensor::dim& d, const symbol_values& values) {
  std::int64_t n = d.factor;
  for_symbols(d, [&](std::size_t s) KILN_INLINE_LAMBDA {
    const bool fits =
        n >= 0 && is_plausible(values[s]) && !__builtin_mul_overflow(n, values[s], &n);
    if (!fits) n = -1;
  });
  return n;
}

/// The whole number whose power is n; 0: there is none.
///
/// @pre     n >= 1, power >= 2
inline std::int64_t exact_root(std::int64_t n, int power) {
  // A root of 63 bits has 32 at most, far from where the rounding of pow could matter.
  const std::int64_t root = std::llround(std::pow(static_cast<double>(n), 1.0 / power));
  for (int i = 0; i < power; ++i) {
    if (n % root != 0) return 0;
    n /= root;
  }
  return n == 1 ? root : 0;
}

/// Solves product of the extents [first, last) == n for a symbol that is not known yet, if it is
/// the only one there; it may be there more than once.
KILN_INLINE void solve(
    const tensor::tensor_type& t, int first, int last, std::int64_t n, symbol_values& values) {
  std::int64_t known = 1;
  std::size_t unknown = 0;
  int count = 0;
  bool same = true, fits = true;
  for_axes(last, [&](int i) KILN_INLINE_LAMBDA {
    if (i < first) return;
    fits = fits && !__builtin_mul_overflow(known, std::int64_t{t[i].factor}, &known);
    for_symbols(t[i], [&](std::size_t s) KILN_INLINE_LAMBDA {
      if (values[s] == not_known) {
        same = same && (count == 0 || s == unknown);
        unknown = s;
        ++count;
      } else {
        const bool counts = is_plausible(values[s]);  // what is not is reported later
        fits = fits && !(counts && __builtin_mul_overflow(known, values[s], &known));
      }
    });
  });
  if (count == 0 || !same || !fits || n <= 0 || n % known != 0) return;
  if (count == 1) {
    values[unknown] = n / known;
  } else if (const std::int64_t root = exact_root(n / known, count); root > 0) {
    values[unknown] = root;
  }
}

/// Rows that `elems` elements hold, the last one with or without its gap.
constexpr std::int64_t rows_in(std::int64_t elems, std::int64_t cols, std::int64_t row_stride) {
  return elems < cols ? 0 : (elems - cols) / row_stride + 1;
}

/// Everything that says how large the dynamic extents are.
KILN_INLINE void find_symbols(const tensor::tensor_type& t,
                              const tensor::memory& m,
                              symbol_values& values) {
  if (m.rank == t.rank) {
    for_axes(t.rank, [&](int i) KILN_INLINE_LAMBDA {
      solve(t, i, i + 1, m.extents[static_cast<std::size_t>(i)], values);
    });
  }
  if (m.rows > 0) solve(t, 0, t.rank - 1, m.rows, values);
  if (m.elems <= 0) return;
  if (m.row_stride == tensor::dense_rows) {
    solve(t, 0, t.rank, m.elems, values);
  } else if (m.row_stride > 0 && t.rank > 0) {
    const std::int64_t cols = known_extent(t.back(), values);
    if (cols > 0 && cols <= m.row_stride) {
      solve(t, 0, t.rank - 1, rows_in(m.elems, cols, m.row_stride), values);
    }
  }
}

KILN_INLINE problem check_pointer(const contract& c, const tensor::memory& m) {
  if (!m.foreign.empty() || m.element != c.type.element) return {mismatch::element};
  if (m.data == nullptr && m.elems != 0) return {mismatch::null_pointer};
  if (m.is_const && c.as == role::output) return {mismatch::read_only};
  // Weights are read at any address: bind copies them where that is needed.
  const bool aligned = reinterpret_cast<std::uintptr_t>(m.data) % size_of(c.type.element) == 0;
  if (c.as != role::weight && !aligned) return {mismatch::alignment};
  if (m.rank >= 0 && m.rank != c.type.rank) return {mismatch::axes, m.rank};
  return {};
}

KILN_INLINE problem check_symbols(const contract& c, const symbol_values& values) {
  problem p{};
  for_axes(c.type.rank, [&](int i) KILN_INLINE_LAMBDA {
    for_symbols(c.type[i], [&](std::size_t s) KILN_INLINE_LAMBDA {
      if (p.what != mismatch::none) return;
      const std::int64_t v = values[s];
      if (v == not_known) {
        p = {mismatch::symbol_unknown, 0, static_cast<int>(s)};
      } else if (v < 1 || v > (*c.symbols)[s].bound) {
        p = {mismatch::symbol_bound, v, static_cast<int>(s)};
      }
    });
  });
  return p;
}

/// The symbol that the caller has to give, because memory tells several at once; -1: none, any
/// memory that fits tells all.
inline int symbol_to_tell(const contract& c, const tensor::memory& m, const symbol_values& values) {
  if (m.rank >= 0 || m.elems == 0) return -1;
  const bool says_nothing = m.elems == -1 && m.rows == -1 && m.row_stride == tensor::dense_rows;
  int first = -1, count = 0;
  for (int s = 0; s < tensor::max_symbols; ++s) {
    if (!c.uses(s) || values[static_cast<std::size_t>(s)] != not_known) continue;
    if (count++ == 0) first = s;
  }
  // With gaps, rows cannot be told from elements before the columns are known.
  const bool open_row = m.row_stride != tensor::dense_rows && c.type.rank > 0
                        && known_extent(c.type.back(), values) < 0;
  if (open_row) {
    for (int s = 0; s < tensor::max_symbols; ++s) {
      const bool is_factor = c.type.back().symbols[s] > 0;
      if (is_factor && values[static_cast<std::size_t>(s)] == not_known) return s;
    }
  }
  return count > 1 || says_nothing ? first : -1;
}

/// Where a symbol stays unknown although a size was said, that size is the mistake.
inline problem why_unknown(const contract& c,
                           const tensor::memory& m,
                           const symbol_values& values,
                           problem p) {
  const int tell = symbol_to_tell(c, m, values);
  p.to_tell = tell;
  if (m.row_stride != tensor::dense_rows) {
    const std::int64_t cols = c.type.rank > 0 ? known_extent(c.type.back(), values) : 1;
    if (m.row_stride < std::max<std::int64_t>(cols, 1)) return {mismatch::row_stride, m.row_stride};
    if (m.elems != -1) return {mismatch::gaps, m.elems, 0, tell};
  }
  if (m.rows != -1) return {mismatch::rows, m.rows, 0, tell};
  if (m.elems != -1) return {mismatch::elems, m.elems, 0, tell};
  return p;
}

/// Row stride and length of memory with gaps between its rows.
KILN_INLINE problem check_gaps(const contract& c, const tensor::memory& m, matched& to) {
  // The end of the last row must be countable in bytes.
  if (m.row_stride < to.cols || (c.gapless && to.rows > 1 && m.row_stride != to.cols)
      || m.row_stride > std::numeric_limits<std::int64_t>::max() / 16 / to.rows) {
    return {mismatch::row_stride, m.row_stride};
  }
  to.row_stride = m.row_stride;
  if (m.elems != -1 && rows_in(m.elems, to.cols, m.row_stride) != to.rows) {
    return {mismatch::gaps, m.elems};
  }
  return {};
}

/// Extents, rows, stride and length, once all extents are known.
KILN_INLINE problem check_sizes(const contract& c,
                                const tensor::memory& m,
                                const symbol_values& values,
                                matched& to) {
  const tensor::tensor_type& t = c.type;
  problem p{};
  to = {};
  for_axes(t.rank, [&](int i) KILN_INLINE_LAMBDA {
    const std::int64_t extent = value_of(t[i], values.data());
    const std::int64_t actual = m.extents[static_cast<std::size_t>(i)];
    if (p.what == mismatch::none && m.rank >= 0 && actual != extent) {
      p = {mismatch::extent, actual, i};
    }
    (i + 1 < t.rank ? to.rows : to.cols) *= extent;
  });
  if (p.what != mismatch::none) return p;
  if (m.rows != -1 && m.rows != to.rows) return {mismatch::rows, m.rows};
  to.row_stride = to.cols;
  if (m.row_stride != tensor::dense_rows) return check_gaps(c, m, to);
  if (m.elems != -1 && m.elems != to.rows * to.cols) return {mismatch::elems, m.elems};
  return {};
}

}  // namespace detail

/// Checks m against c; fills `values` and `to`. No text is made here: see explain().
///
/// @pre     values holds what the caller said, not_known elsewhere
/// @cost    a few nanoseconds where c is a constant
/// @errors  none; the first problem is returned
KILN_INLINE problem match(const contract& c,
                          const tensor::memory& m,
                          symbol_values& values,
                          matched& to) {
  problem p = detail::check_pointer(c, m);
  if (p.what != mismatch::none) return p;
  detail::find_symbols(c.type, m, values);
  p = detail::check_symbols(c, values);
  if (p.what == mismatch::symbol_unknown) return detail::why_unknown(c, m, values, p);
  if (p.what != mismatch::none) return p;
  return detail::check_sizes(c, m, values, to);
}

namespace detail {

inline std::string actual_text(const contract& c, const tensor::memory& m, const problem& p) {
  const std::string n = std::to_string(p.actual);
  switch (p.what) {
    case mismatch::null_pointer:
      return "a null pointer";
    case mismatch::element:
      return "elements of " + std::string(m.foreign.empty() ? name_of(m.element) : m.foreign);
    case mismatch::alignment:
      return "an address that is not a multiple of " + std::to_string(size_of(m.element));
    case mismatch::read_only:
      return "memory that must not be written";
    case mismatch::axes:
      return n + (p.actual == 1 ? " axis" : " axes");
    case mismatch::extent:
      return "extent " + n + " at axis " + std::to_string(p.at);
    case mismatch::elems:
      return n + (p.actual == 1 ? " element" : " elements");
    case mismatch::rows:
      return n + (p.actual == 1 ? " row" : " rows");
    case mismatch::row_stride:
      return "row stride " + n;
    case mismatch::gaps:
      return n + " elements at row stride " + std::to_string(m.row_stride);
    case mismatch::symbol_unknown:
      return "memory that does not tell '"
             + std::string((*c.symbols)[static_cast<std::size_t>(p.at)].name) + "'";
    case mismatch::symbol_bound:
      return std::string((*c.symbols)[static_cast<std::size_t>(p.at)].name) + " = " + n;
    case mismatch::none:
      break;
  }
  return {};
}

}  // namespace detail

/// The text of a problem: "input 'x': expected f32[batch <= 512, 13], actual 70 elements", and what
/// to do where memory cannot tell: "; give kiln::size<\"batch\">(n)".
inline std::string explain(const contract& c, const tensor::memory& m, const problem& p) {
  const bool gaps = c.gapless && p.what == mismatch::row_stride;
  std::string text = title_of(c) + ": expected " + type_text(c)
                     + (gaps ? " without gaps, for it is reshaped" : "") + ", actual "
                     + detail::actual_text(c, m, p);
  if (p.to_tell >= 0) {
    const auto name = (*c.symbols)[static_cast<std::size_t>(p.to_tell)].name;
    text += "; give kiln::size<\"" + std::string(name) + "\">(n)";
  }
  return text;
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
