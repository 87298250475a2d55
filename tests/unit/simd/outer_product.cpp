// SPDX-License-Identifier: MIT
// Every tile that has a statement of its own, and one that has none, against single products.
#include <kiln/simd/outer_product.hpp>
#include <kiln/simd/pack.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

namespace simd = kiln::simd;

namespace {

simd::pack numbers(std::size_t seed) {
  std::array<float, simd::lanes> x;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((seed * 7 + i * 5) % 33) / 8;
  return simd::from_array(x);
}

template <std::size_t Rows, std::size_t Packs>
void check() {
  CAPTURE(Rows);
  CAPTURE(Packs);
  simd::pack sum[Rows][Packs], a[Rows], b[Packs];
  for (std::size_t i = 0; i < Rows; ++i) {
    a[i] = numbers(i);
    for (std::size_t j = 0; j < Packs; ++j) sum[i][j] = numbers(20 + 4 * i + j);
  }
  for (std::size_t j = 0; j < Packs; ++j) b[j] = numbers(50 + j);
  simd::add_outer_product(sum, a, b);
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Packs; ++j) {
      simd::pack expected = numbers(20 + 4 * i + j);
      simd::add_product(expected, a[i], b[j]);
      CHECK(simd::to_array(sum[i][j]) == simd::to_array(expected));
    }
  }
}

}  // namespace

TEST_CASE("sums that begin as a factor are not that factor") {
  simd::pack sum[2][4], a[2] = {numbers(1), numbers(2)}, b[4];
  for (std::size_t j = 0; j < 4; ++j) {
    b[j] = numbers(50 + j);
    for (auto& row : sum) row[j] = b[j];
  }
  simd::add_outer_product(sum, a, b);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      simd::pack expected = numbers(50 + j);
      simd::add_product(expected, numbers(1 + i), numbers(50 + j));
      CHECK(simd::to_array(sum[i][j]) == simd::to_array(expected));
    }
  }
}
TEST_CASE("each sum has its own product") {
  check<1, 4>();
  check<2, 2>();
  check<2, 4>();
  check<3, 2>();
  check<4, 2>();
  check<2, 3>();
}
