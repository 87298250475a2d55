// SPDX-License-Identifier: MIT
// What pointers, ranges, arrays and rows tell of their memory, by type and by value.
#include <kiln/tensor/memory.hpp>

#include <doctest/doctest.h>

#include <list>
#include <string>
#include <utility>
#include <vector>

using kiln::tensor::dense_rows;
using kiln::tensor::dtype;
using kiln::tensor::element_of;
using kiln::tensor::memory;
using kiln::tensor::memory_access;
using kiln::tensor::memory_like;

template <class T>
using value_of = typename memory_access<T>::value;

static_assert(memory_like<float*> && memory_like<const float* const> && memory_like<float[3]>);
static_assert(memory_like<std::vector<float>> && memory_like<const std::vector<float>>);
static_assert(memory_like<std::span<const float, 3>> && memory_like<std::array<float, 3>>);
static_assert(memory_like<memory> && memory_like<const memory>);
static_assert(memory_like<decltype(kiln::rows(std::declval<float*>(), 1, 1))>);
static_assert(!memory_like<int> && !memory_like<std::list<float>> && !memory_like<std::nullptr_t>);
static_assert(!memory_like<std::vector<bool>>);

static_assert(std::is_same_v<value_of<std::vector<float>>, float>);
static_assert(std::is_same_v<value_of<const std::vector<float>>, const float>);
static_assert(std::is_same_v<value_of<const std::span<float>>, float>, "a span is shallow");
static_assert(std::is_same_v<value_of<std::span<const float>>, const float>);
static_assert(std::is_same_v<value_of<const float[2][3]>, const float>);
static_assert(std::is_same_v<value_of<const std::array<std::array<float, 3>, 2>>, const float>);
static_assert(std::is_same_v<value_of<float (*)[3]>, float>);

static_assert(memory_access<std::span<float>>::borrows && memory_access<float*>::borrows);
static_assert(!memory_access<std::vector<float>>::borrows);
static_assert(!memory_access<std::array<float, 3>>::borrows);

static_assert(memory_access<float[7]>::known.elems == 7
              && memory_access<float[7]>::known.rank == -1);
static_assert(memory_access<std::array<float, 7>>::known.elems == 7);
static_assert(memory_access<const std::span<float, 7>>::known.elems == 7);
static_assert(memory_access<std::span<float>>::known.elems == -1);
static_assert(memory_access<std::vector<float>>::known.elems == -1);
static_assert(memory_access<float[2][3][4]>::known.rank == 3);
static_assert(memory_access<float[2][3][4]>::known.elems == 24);
static_assert(memory_access<float[2][3][4]>::known.extents[1] == 3);
static_assert(memory_access<std::vector<std::array<float, 5>>>::known.extents[0] == -1);

static_assert(element_of<std::int8_t> == dtype::s8 && element_of<std::uint8_t> == dtype::u8);
static_assert(element_of<kiln::core::f16> == dtype::f16 && !element_of<double>.has_value());
static_assert(!element_of<std::uint16_t>.has_value(), "raw bits could be either half");

TEST_CASE("a vector") {
  std::vector<std::int32_t> v(6);
  const memory m = memory_access<std::vector<std::int32_t>>::of(v);
  CHECK(m.data == v.data());
  CHECK(m.element == dtype::s32);
  CHECK(m.elems == 6);
  CHECK(m.rank == -1);
  CHECK(m.rows == -1);
  CHECK(m.row_stride == dense_rows);
  CHECK(!m.is_const);
  CHECK(memory_access<const std::vector<std::int32_t>>::of(v).is_const);
}

TEST_CASE("nested arrays") {
  float a[2][3] = {};
  const memory m = memory_access<float[2][3]>::of(a);
  CHECK(m.data == a);
  CHECK(m.elems == 6);
  CHECK(m.rank == 2);
  CHECK(m.extents[0] == 2);
  CHECK(m.extents[1] == 3);
  std::vector<std::array<float, 3>> v(5);
  const memory rows = memory_access<std::vector<std::array<float, 3>>>::of(v);
  CHECK(rows.elems == 15);
  CHECK(rows.extents[0] == 5);
  const memory open = memory_access<float(*)[3]>::of(a);
  CHECK(open.elems == -1);
  CHECK(open.extents[0] == -1);
  CHECK(open.extents[1] == 3);
}

TEST_CASE("rows with gaps") {
  std::vector<float> v(20);
  auto r = kiln::rows(v, 7);
  memory m = memory_access<decltype(r)>::of(r);
  CHECK(m.elems == 20);
  CHECK(m.rows == -1);
  CHECK(m.row_stride == 7);
  const auto p = kiln::rows(std::as_const(v).data(), 3, 7);
  m = memory_access<decltype(p)>::of(p);
  CHECK(m.elems == -1);
  CHECK(m.rows == 3);
  CHECK(m.is_const);
  // Whatever is asked for, rows() never means dense rows.
  const auto odd = kiln::rows(v.data(), 3, dense_rows);
  CHECK(memory_access<decltype(odd)>::of(odd).row_stride != dense_rows);
}
