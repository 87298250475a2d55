// SPDX-License-Identifier: MIT
// Eigen's matrices, arrays, vectors, maps and blocks as views and weights.
#include <kiln/interop/eigen.hpp>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include "../runtime/nets.hpp"
#include <map>
#include <string>

namespace {

using row_matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using row_array = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <int M, int N>
using fixed_matrix = Eigen::Matrix<float, M, N, Eigen::RowMajor>;
using kiln::tensor::memory;
using kiln::tensor::memory_access;
using kiln::tensor::memory_like;
using kiln::tensor::refused_memory;
using support::layer;
using support::numbers;
using support::two;

template <class T>
constexpr std::int64_t extent(std::size_t axis) {
  return memory_access<T>::known.extents[axis];
}

}  // namespace

static_assert(memory_like<row_matrix> && memory_like<const row_array>);
static_assert(memory_like<Eigen::VectorXf> && memory_like<Eigen::RowVectorXf>);
static_assert(memory_like<Eigen::Map<row_matrix>> && memory_like<Eigen::Ref<row_matrix>>);
static_assert(memory_like<Eigen::Map<row_matrix, 0, Eigen::OuterStride<>>>);
static_assert(memory_like<decltype(std::declval<row_matrix&>().leftCols(3))>);
static_assert(!memory_like<decltype(std::declval<row_matrix&>() + std::declval<row_matrix&>())>);
// Column-major matrices and spaced vectors are refused with a reason; vectors may be either.
static_assert(refused_memory<Eigen::MatrixXf> && refused_memory<const Eigen::MatrixXf>);
static_assert(refused_memory<Eigen::Map<Eigen::MatrixXf>>);
static_assert(refused_memory<Eigen::Map<Eigen::VectorXf, 0, Eigen::InnerStride<2>>>);
static_assert(!refused_memory<row_matrix> && !memory_like<Eigen::MatrixXf>);
// Constness, lifetime, sizes.
static_assert(std::is_const_v<memory_access<const row_matrix>::value>);
static_assert(std::is_const_v<memory_access<Eigen::Map<const row_matrix>>::value>);
static_assert(!std::is_const_v<memory_access<Eigen::Map<row_matrix>>::value>);
static_assert(memory_access<Eigen::Map<row_matrix>>::borrows);
static_assert(!memory_access<row_matrix>::borrows);
static_assert(!memory_access<Eigen::Ref<const row_matrix>>::borrows);
static_assert(extent<fixed_matrix<3, 5>>(0) == 3 && extent<fixed_matrix<3, 5>>(1) == 5);
static_assert(extent<row_matrix>(0) == -1);
static_assert(memory_access<Eigen::Vector3f>::known.elems == 3);
static_assert(kiln::tensor::element_of<Eigen::half> == kiln::f16);
static_assert(kiln::tensor::element_of<Eigen::bfloat16> == kiln::bf16);

TEST_CASE("matrices as inputs, outputs and weights") {
  const auto x = numbers(12, 1), w = numbers(15, 2), b = numbers(5, 3);
  const row_matrix ex = Eigen::Map<const row_matrix>(x.data(), 4, 3);
  const fixed_matrix<3, 5> ew = Eigen::Map<const fixed_matrix<3, 5>>(w.data());
  const Eigen::VectorXf eb = Eigen::Map<const Eigen::VectorXf>(b.data(), 5);
  row_matrix y(4, 5);
  const layer::weights ws{kiln::bind<"w">(ew), kiln::bind<"b">(eb)};
  layer::context c{ws};
  c.run(layer::view<"x">(ex), layer::view<"y">(y));
  const row_matrix expected = ((ex * ew).rowwise() + eb.transpose()).cwiseMax(0.0F);
  CHECK((y - expected).cwiseAbs().maxCoeff() <= 1e-6F);
}

TEST_CASE("maps with an outer stride and blocks are rows with gaps") {
  row_matrix big = row_matrix::Zero(8, 20);
  const memory m = memory_access<row_matrix>::of(big);
  CHECK(m.row_stride == kiln::tensor::dense_rows);
  auto block = big.block(1, 2, 4, 6);
  const auto view = two::view<"sum">(block);
  CHECK(view.bound.row_stride == 20);
  CHECK(view.bound.data == reinterpret_cast<char*>(&big(1, 2)));
  Eigen::Map<row_matrix, 0, Eigen::OuterStride<>> map(big.data(), 4, 6, Eigen::OuterStride<>(10));
  CHECK(two::view<"a">(map).bound.row_stride == 10);
  // A block of a matrix that lives on may be a temporary.
  CHECK(two::view<"a">(big.topLeftCorner(4, 6)).bound.row_stride == 20);
  // One row has no gaps, whatever its stride says.
  CHECK(layer::view<"x">(big.block(0, 0, 1, 3)).bound.row_stride == 3);
}

TEST_CASE("wrong sizes are found") {
  row_matrix x(4, 4);
  CHECK_THROWS_WITH_AS(static_cast<void>(layer::view<"x">(x)),
                       "input 'x': expected f32[batch <= 8, 3], actual extent 4 at axis 1",
                       kiln::error);
  const Eigen::VectorXf b(4);
  const row_matrix w(3, 5);
  CHECK_THROWS_WITH_AS((layer::weights{kiln::bind<"w">(w), kiln::bind<"b">(b)}),
                       "weight 'b': expected f32[5], actual 4 elements",
                       kiln::error);
  using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  float data[100] = {};
  Eigen::Map<row_matrix, 0, strides> spaced(data, 4, 6, strides(20, 2));
  CHECK_THROWS_WITH_AS(static_cast<void>(two::view<"a">(spaced)),
                       "input 'a': expected f32[4, 6], actual elements of a map with gaps between "
                       "its elements",
                       kiln::error);
}

TEST_CASE("a map of matrices is a source of weights") {
  std::map<std::string, row_matrix> source;
  source["w"] = row_matrix::Ones(3, 5);
  source["b"] = row_matrix::Ones(1, 5);
  CHECK_THROWS_WITH_AS(
      layer::weights{source}, "weight 'b': expected f32[5], actual 2 axes", kiln::error);
}
