// SPDX-License-Identifier: MIT
// Matrices, arrays and maps of Eigen as memory for views and weights. Include it beside kiln.hpp.
#pragma once

#include <kiln/core/diagnose.hpp>
#include <kiln/tensor/memory.hpp>

#include <Eigen/Core>

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace kiln::interop {

/// What kiln cannot read of Eigen's.
enum class eigen_mistake : std::uint8_t {
  column_major_matrix,  // give the matrix Eigen::RowMajor; a vector may be either
  spaced_elements       // an inner stride other than 1
};

/// What a verdict expects of a matrix.
struct row_major;
/// What a verdict expects of a map.
struct inner_stride_one;

/// A matrix, array, map, reference or block that has memory; not an expression such as a + b.
template <class T>
concept eigen_memory =
    std::derived_from<T, Eigen::DenseBase<T>> && static_cast<bool>(T::Flags& Eigen::DirectAccessBit)
    && requires(T& x) {
  x.data();
};

namespace detail {

template <class T>
inline constexpr bool is_vector = T::IsVectorAtCompileTime != 0;
template <class T>
inline constexpr bool is_spaced =
    T::InnerStrideAtCompileTime != 1 && T::InnerStrideAtCompileTime != Eigen::Dynamic;
template <class T>
inline constexpr bool is_column_major = !is_vector<T> && !T::IsRowMajor;

template <class T>
inline constexpr bool is_reference = false;
template <class T, int Options, class Stride>
inline constexpr bool is_reference<Eigen::Ref<T, Options, Stride>> = true;

constexpr std::int64_t known_extent(Eigen::Index n) { return n == Eigen::Dynamic ? -1 : n; }

/// T is without const, Object with it where the object is const.
template <class T, class Object>
struct eigen_access {
  using value = std::remove_pointer_t<decltype(std::declval<Object&>().data())>;
  // A Ref may own a copy.
  static constexpr bool borrows =
      !std::derived_from<T, Eigen::PlainObjectBase<T>> && !is_reference<T>;
  static constexpr tensor::memory known = [] {
    tensor::memory m{};
    if (is_vector<T>) {
      m.elems = known_extent(T::SizeAtCompileTime);
    } else {
      m.rank = 2;
      m.extents = {known_extent(T::RowsAtCompileTime), known_extent(T::ColsAtCompileTime)};
    }
    return m;
  }();

  static KILN_INLINE tensor::memory of(Object& x) {
    tensor::memory m{};
    m.data = x.data();
    m.element = tensor::element_of<std::remove_const_t<value>>.value_or(tensor::dtype::f32);
    m.is_const = std::is_const_v<value>;
    if (x.innerStride() != 1 && x.size() > 1) m.foreign = "a map with gaps between its elements";
    if constexpr (is_vector<T>) {
      m.elems = x.size();
    } else {
      m.rank = 2;
      m.extents = {x.rows(), x.cols()};
      if (x.rows() > 1 && x.outerStride() != x.cols()) m.row_stride = x.outerStride();
    }
    return m;
  }
};

template <class T>
  requires is_column_major<T>
struct eigen_access<T, T> {
  template <class Where>
  using verdict = core::compile_error<eigen_mistake::column_major_matrix,
                                      Where,
                                      core::expected<row_major>,
                                      core::actual<T>>;
};
template <class T>
  requires(!is_column_major<T> && is_spaced<T>)
struct eigen_access<T, T> {
  template <class Where>
  using verdict = core::compile_error<eigen_mistake::spaced_elements,
                                      Where,
                                      core::expected<inner_stride_one>,
                                      core::actual<T>>;
};
template <class T>
  requires(is_column_major<T> || is_spaced<T>)
struct eigen_access<T, const T> : eigen_access<T, T> {};

}  // namespace detail
}  // namespace kiln::interop

namespace kiln {

/// How Eigen's matrices, arrays, maps and blocks are read. Rows may be apart; a matrix is
/// row-major.
///
/// @errors  compile time: interop::eigen_mistake (tests/compile_fail/interop/)
template <class T>
  requires interop::eigen_memory<std::remove_const_t<T>>
struct tensor::memory_access<T> : interop::detail::eigen_access<std::remove_const_t<T>, T> {
};

template <>
inline constexpr std::optional<tensor::dtype> tensor::element_of<Eigen::half>{tensor::dtype::f16};
template <>
inline constexpr std::optional<tensor::dtype> tensor::element_of<Eigen::bfloat16>{
    tensor::dtype::bf16};

}  // namespace kiln
