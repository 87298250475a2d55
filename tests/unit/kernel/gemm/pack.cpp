// SPDX-License-Identifier: MIT
// Packing from every layout, up to the last element and not beyond.
#include <kiln/kernel/gemm/pack.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace gemm = kiln::kernel::gemm;
using product_test::guarded;

static_assert(gemm::panel == 16);
static_assert(gemm::packed_elems(3, 1) == 48 && gemm::packed_elems(3, 16) == 48);
static_assert(gemm::packed_elems(3, 17) == 96 && gemm::packed_elems(0, 17) == 0);

namespace {

float number(std::size_t i, std::size_t j) { return static_cast<float>(i * 1000 + j + 1); }

// Element (i, j) lies where the strides say; everything else of the source is a trap.
bool packs_right(std::size_t k, std::size_t n, std::ptrdiff_t k_stride, std::ptrdiff_t n_stride) {
  const auto reach = [](std::size_t count, std::ptrdiff_t stride) {
    return count == 0 ? 0 : (static_cast<std::ptrdiff_t>(count) - 1) * stride;
  };
  const std::ptrdiff_t low = std::min<std::ptrdiff_t>(0, reach(k, k_stride))
                             + std::min<std::ptrdiff_t>(0, reach(n, n_stride));
  const std::ptrdiff_t high = std::max<std::ptrdiff_t>(0, reach(k, k_stride))
                              + std::max<std::ptrdiff_t>(0, reach(n, n_stride));
  guarded source(k == 0 || n == 0 ? 0 : static_cast<std::size_t>(high - low) + 1);
  float* first = source.data() - low;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      first[static_cast<std::ptrdiff_t>(i) * k_stride + static_cast<std::ptrdiff_t>(j) * n_stride] =
          number(i, j);
    }
  }
  guarded out(gemm::packed_elems(k, n));
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = -1.0F;
  gemm::pack_b(first, k_stride, n_stride, k, n, out.data());
  for (std::size_t p = 0; p * 16 < n; ++p) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < 16; ++j) {
        const float expected = p * 16 + j < n ? number(i, p * 16 + j) : 0.0F;
        if (out.data()[(p * k + i) * 16 + j] != expected) return false;
      }
    }
  }
  return true;
}

}  // namespace

TEST_CASE("a row-major matrix is packed, nothing beyond it is read") {
  for (std::size_t k = 0; k < 20; ++k) {
    for (std::size_t n = 0; n < 40; ++n) {
      CAPTURE(k);
      CAPTURE(n);
      CHECK(packs_right(k, n, static_cast<std::ptrdiff_t>(n), 1));
      CHECK(packs_right(k, n, static_cast<std::ptrdiff_t>(n) + 5, 1));
    }
  }
}

TEST_CASE("a transposed matrix is packed, nothing beyond it is read") {
  for (std::size_t k = 0; k < 35; ++k) {
    for (std::size_t n = 0; n < 20; ++n) {
      CAPTURE(k);
      CAPTURE(n);
      CHECK(packs_right(k, n, 1, static_cast<std::ptrdiff_t>(k)));
      CHECK(packs_right(k, n, 1, static_cast<std::ptrdiff_t>(k) + 3));
    }
  }
}

TEST_CASE("any other strides, negative ones and none") {
  CHECK(packs_right(7, 33, 70, 2));
  CHECK(packs_right(33, 7, 2, 70));
  CHECK(packs_right(7, 20, -20, 1));
  CHECK(packs_right(20, 21, -1, -20));
  CHECK(packs_right(1, 9, 0, 3));
}

namespace {

// Element (i, j) lies at its place among the neighbours of its step; the rest is zero.
template <gemm::arithmetic X>
bool packs_neighbours(std::size_t k,
                      std::size_t n,
                      std::ptrdiff_t k_stride,
                      std::ptrdiff_t n_stride) {
  constexpr std::size_t step = gemm::neighbours(X);
  using element = gemm::b_element<X>;
  const auto value = [](std::size_t i, std::size_t j) {
    return static_cast<std::int8_t>(i * 37 + j * 5 + 1);
  };
  product_test::guarded_of<element> source((k - 1) * static_cast<std::size_t>(k_stride)
                                           + (n - 1) * static_cast<std::size_t>(n_stride) + 1);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      source.data()[static_cast<std::ptrdiff_t>(i) * k_stride
                    + static_cast<std::ptrdiff_t>(j) * n_stride] = value(i, j);
    }
  }
  product_test::guarded_of<element> out(gemm::packed_elems(X, k, n));
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = 99;
  gemm::pack_b<X>(source.data(), k_stride, n_stride, k, n, out.data());
  const std::size_t steps = (k + step - 1) / step;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::size_t j = at / (steps * step * 16) * 16 + at / step % 16;
    const std::size_t i = at / (step * 16) % steps * step + at % step;
    const int expected = i < k && j < n ? value(i, j) : 0;
    if (out.data()[at] != expected) return false;
  }
  std::vector<std::int32_t> sums((n + 15) / 16 * 16);
  gemm::compensate<X>(out.data(), k, n, sums.data());
  for (std::size_t j = 0; j < sums.size(); ++j) {
    std::int32_t expected = 0;
    for (std::size_t i = 0; j < n && i < k; ++i) expected -= 128 * value(i, j);
    if (sums[j] != expected) return false;
  }
  return true;
}

}  // namespace

static_assert(gemm::packed_bytes(gemm::arithmetic::f32, 3, 17) == 3 * 32 * 4);
static_assert(gemm::packed_bytes(gemm::arithmetic::bf16, 3, 17) == 4 * 32 * 2);
static_assert(gemm::packed_bytes(gemm::arithmetic::f32_f16, 3, 17) == 3 * 32 * 2);
static_assert(gemm::packed_bytes(gemm::arithmetic::u8s8, 5, 17) == 8 * 32);
static_assert(gemm::packed_bytes(gemm::arithmetic::s8s8, 5, 17, true) == 8 * 32 + 32 * 4);

TEST_CASE("neighbours lie side by side, whatever the layout they come from") {
  for (std::size_t k = 1; k < 37; k += k < 10 ? 1 : 5) {
    for (const std::size_t n : {1U, 15U, 16U, 17U, 40U}) {
      CAPTURE(k);
      CAPTURE(n);
      const auto rows = static_cast<std::ptrdiff_t>(k), columns = static_cast<std::ptrdiff_t>(n);
      CHECK(packs_neighbours<gemm::arithmetic::u8s8>(k, n, columns + 3, 1));
      CHECK(packs_neighbours<gemm::arithmetic::s8s8>(k, n, 1, rows));
      CHECK(packs_neighbours<gemm::arithmetic::u8s8>(k, n, 2 * columns, 2));
    }
  }
}
