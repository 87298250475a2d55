// SPDX-License-Identifier: MIT
// The caller's memory as kiln sees it: element type, extents, distance between rows.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/tensor/shape.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>

namespace kiln::tensor {

/// The element type that a C++ type is, bit for bit. Specialise it for a type of your own.
template <class T>
inline constexpr std::optional<dtype> element_of{};
template <>
inline constexpr std::optional<dtype> element_of<float>{dtype::f32};
template <>
inline constexpr std::optional<dtype> element_of<core::bf16>{dtype::bf16};
template <>
inline constexpr std::optional<dtype> element_of<core::f16>{dtype::f16};
template <>
inline constexpr std::optional<dtype> element_of<std::int32_t>{dtype::s32};
template <>
inline constexpr std::optional<dtype> element_of<std::int8_t>{dtype::s8};
template <>
inline constexpr std::optional<dtype> element_of<std::uint8_t>{dtype::u8};

/// The row stride of memory without gaps between its rows.
inline constexpr std::int64_t dense_rows = std::numeric_limits<std::int64_t>::min();

/// Memory that was not checked against a tensor yet. What is not known is -1.
struct memory final {
  const void* data = nullptr;
  dtype element = dtype::f32;
  std::string_view foreign{};  // the name of an element type that kiln does not compute with
  std::int64_t elems = -1;     // how many may be touched from data on, gaps included
  std::int64_t rows = -1;      // product of all extents but the last
  std::int64_t row_stride = dense_rows;  // elements between the starts of rows
  std::int8_t rank = -1;
  bool is_const = true;
  std::array<std::int64_t, max_rank> extents{};  // of `rank` axes; -1: known at run time only
};

namespace detail {
template <class T>
struct access_of {};
}  // namespace detail

/// How an object of type T (const or not) is read as memory. A specialisation for a type of your
/// own has
/// - `value`: the C++ type of an element, const if it may not be written; void: run time knows;
/// - `borrows`: the memory outlives the object;
/// - `known`: what the type alone tells;
/// - `of(x)`: all of it;
/// or, to refuse, `verdict<Where>`, a core::compile_error.
template <class T>
struct memory_access : detail::access_of<T> {};

/// What views and weights are made from: pointers, contiguous ranges (also of arrays), kiln::rows,
/// memory itself, and with interop/eigen.hpp matrices and maps of Eigen.
template <class T>
concept memory_like = requires(T& x) {
  typename memory_access<T>::value;
  { memory_access<T>::borrows } -> std::convertible_to<bool>;
  { memory_access<T>::known } -> std::convertible_to<memory>;
  { memory_access<T>::of(x) } -> std::same_as<memory>;
};

/// Memory that memory_access knows and refuses, with a reason.
template <class T>
concept refused_memory = requires {
  // The detour lets g++ 12 see alias templates.
  typename std::type_identity<typename memory_access<T>::template verdict<void>>;
};

namespace detail {

template <class T>
inline constexpr dtype element_or_f32 = element_of<std::remove_const_t<T>>.value_or(dtype::f32);

/// Arrays in arrays: what is innermost, and the extents.
template <class T>
struct nested {
  using value = T;
  static constexpr int depth = 0;
  static constexpr void put(memory&, int) {}
};
template <class Inner, std::size_t N>
struct nested_array {
  using value = typename nested<Inner>::value;
  static constexpr int depth = 1 + nested<Inner>::depth;
  static constexpr void put(memory& m, int axis) {
    if (axis < max_rank) m.extents[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(N);
    nested<Inner>::put(m, axis + 1);
  }
};
template <class T, std::size_t N>
struct nested<T[N]> : nested_array<T, N> {};
template <class T, std::size_t N>
struct nested<std::array<T, N>> : nested_array<T, N> {};
template <class T, std::size_t N>
struct nested<const std::array<T, N>> : nested_array<const T, N> {};

/// Elements of a range that its type fixes; -1: none.
template <class T>
inline constexpr std::int64_t fixed_elems = -1;
template <class T, std::size_t N>
inline constexpr std::int64_t fixed_elems<T[N]> = static_cast<std::int64_t>(N);
template <class T, std::size_t N>
inline constexpr std::int64_t fixed_elems<std::array<T, N>> = static_cast<std::int64_t>(N);
template <class T, std::size_t N>
  requires(N != std::dynamic_extent)
inline constexpr std::int64_t fixed_elems<std::span<T, N>> = static_cast<std::int64_t>(N);

template <class T>
concept contiguous = std::ranges::contiguous_range<T> && std::ranges::sized_range<T>;

/// The memory of a range of `outer` entries (-1: not known); entries may be arrays.
template <class Entry>
KILN_INLINE constexpr memory memory_of_entries(const void* data, std::int64_t outer) {
  using inside = nested<Entry>;
  memory m{};
  m.data = data;
  m.element = element_or_f32<typename inside::value>;
  m.is_const = std::is_const_v<typename inside::value>;
  m.elems = outer;
  if constexpr (inside::depth > 0) {
    m.rank = inside::depth + 1;
    m.extents[0] = outer;
    inside::put(m, 1);
    for (int i = 1; outer >= 0 && i < m.rank && i < max_rank; ++i) {
      m.elems *= m.extents[static_cast<std::size_t>(i)];
    }
  }
  return m;
}

template <contiguous Range>
struct access_of<Range> {
  using entry = std::remove_reference_t<std::ranges::range_reference_t<Range&>>;
  using value = typename nested<entry>::value;
  static constexpr bool borrows = std::ranges::borrowed_range<std::remove_const_t<Range>>;
  static constexpr memory known =
      memory_of_entries<entry>(nullptr, fixed_elems<std::remove_const_t<Range>>);
  static KILN_INLINE constexpr memory of(Range& x) {
    return memory_of_entries<entry>(std::ranges::data(x),
                                    static_cast<std::int64_t>(std::ranges::size(x)));
  }
};

template <class T>
  requires std::is_object_v<T>
struct access_of<T*> {
  using value = typename nested<T>::value;
  static constexpr bool borrows = true;
  static constexpr memory known = memory_of_entries<T>(nullptr, -1);
  static KILN_INLINE constexpr memory of(T* x) { return memory_of_entries<T>(x, -1); }
};
template <class T>
struct access_of<T* const> : access_of<T*> {};

}  // namespace detail

template <>
struct memory_access<memory> {
  using value = void;
  static constexpr bool borrows = true;
  static constexpr memory known{};
  static constexpr memory of(const memory& x) { return x; }
};
template <>
struct memory_access<const memory> : memory_access<memory> {};

/// Memory of elements T whose rows do not follow each other at once: what kiln::rows makes.
template <class T>
struct row_memory final {
  memory content;
};
template <class T>
struct memory_access<row_memory<T>> {
  using value = T;
  static constexpr bool borrows = true;
  static constexpr memory known{};
  static constexpr memory of(const row_memory<T>& x) { return x.content; }
};
template <class T>
struct memory_access<const row_memory<T>> : memory_access<row_memory<T>> {};

namespace detail {
template <class T>
constexpr row_memory<T> rows_of(memory m, std::int64_t row_stride) {
  // The mark of dense rows cannot be asked for: any other bad stride is refused by its value.
  m.row_stride = row_stride == dense_rows ? dense_rows + 1 : row_stride;
  return {m};
}
}  // namespace detail

}  // namespace kiln::tensor

namespace kiln {

/// Memory as `count` rows whose starts are row_stride elements apart, for a view or a weight.
/// A tensor of more than two axes counts all but its last one as rows.
///
/// @errors  none here; what is wrong with it, the view says
template <class T>
  requires(tensor::element_of<std::remove_const_t<T>>.has_value())
constexpr tensor::row_memory<T> rows(T* data, std::int64_t count, std::int64_t row_stride) {
  tensor::memory m = tensor::memory_access<T*>::of(data);
  m.rows = count;
  return tensor::detail::rows_of<T>(m, row_stride);
}

/// A range as rows whose starts are row_stride elements apart; the last one need not be padded.
///
/// @errors  none here; what is wrong with it, the view says
template <tensor::detail::contiguous Range>
  requires(tensor::detail::nested<typename tensor::memory_access<Range>::entry>::depth == 0)
constexpr auto rows(Range& range, std::int64_t row_stride) {
  using value = typename tensor::memory_access<Range>::value;
  return tensor::detail::rows_of<value>(tensor::memory_access<Range>::of(range), row_stride);
}
template <class T, std::size_t N>
constexpr tensor::row_memory<T> rows(std::span<T, N> range, std::int64_t row_stride) {
  return tensor::detail::rows_of<T>(tensor::memory_access<std::span<T, N>>::of(range), row_stride);
}

}  // namespace kiln
