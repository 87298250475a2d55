// SPDX-License-Identifier: MIT
// Row and column reductions of every length on guarded memory, NaN, and equal bits.
#include <kiln/core/math.hpp>
#include <kiln/kernel/reduce.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace kernel = kiln::kernel;
namespace simd = kiln::simd;
using product_test::guarded;
using product_test::same_bits;

namespace {

constexpr double eps = std::numeric_limits<float>::epsilon();
constexpr std::size_t lanes = simd::lanes;

struct sum final {
  template <class T>
  static constexpr T initial() {
    return T(0.0F);
  }
  template <class T>
  static constexpr T combine(const T& a, const T& x) {
    return a + x;
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a + b;
  }
};

struct largest final {
  template <class T>
  static constexpr T initial() {
    return T(-std::numeric_limits<float>::infinity());
  }
  template <class T>
  static constexpr T combine(const T& a, const T& x) {
    return kiln::core::max(a, x);
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return kiln::core::max(a, b);
  }
};

// Merging is not combining: a merge with combine() would square partial sums.
struct squares final {
  template <class T>
  static constexpr T initial() {
    return T(0.0F);
  }
  template <class T>
  static constexpr T combine(const T& a, const T& x) {
    return kiln::core::fma(x, x, a);
  }
  template <class T>
  static constexpr T merge(const T& a, const T& b) {
    return a + b;
  }
};

static_assert(kernel::reduction<sum> && kernel::reduction<squares>);
static_assert(!kernel::reduction<int>);

auto from(const float* p) {
  return [p](std::size_t i, auto m) KILN_INLINE_LAMBDA { return simd::load(p + i, m); };
}

void fill(guarded& x, std::uint32_t seed) {
  product_test::random next(seed);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = next();
}

}  // namespace

TEST_CASE("a row of any length") {
  for (std::size_t n = 0; n <= 10 * lanes + 1; ++n) {
    CAPTURE(n);
    guarded x(n);
    fill(x, static_cast<std::uint32_t>(n));
    double total = 0;
    double size = 0;
    double square = 0;
    float most = -std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < n; ++i) {
      const double v = x.data()[i];
      total += v;
      size += std::abs(v);
      square += v * v;
      most = std::max(most, x.data()[i]);
    }
    const double roundings = static_cast<double>(n) / static_cast<double>(4 * lanes) + 10;
    CHECK(std::abs(kernel::reduce_row<sum>(n, from(x.data())) - total) <= roundings * eps * size);
    CHECK(std::abs(kernel::reduce_row<squares>(n, from(x.data())) - square)
          <= (roundings + 1) * eps * square);
    CHECK(kernel::reduce_row<largest>(n, from(x.data())) == most);
  }
}

TEST_CASE("lanes behind the row do not count, whatever is in them") {
  for (std::size_t n = 1; n <= 2 * lanes + 1; ++n) {
    const auto load = [n](std::size_t i, auto m) KILN_INLINE_LAMBDA {
      static_cast<void>(m);
      float v[lanes];
      for (std::size_t k = 0; k < lanes; ++k) v[k] = i + k < n ? 2.0F : NAN;
      return simd::load(v);
    };
    CHECK(kernel::reduce_row<sum>(n, load) == 2.0F * static_cast<float>(n));
    CHECK(kernel::reduce_row<largest>(n, load) == 2.0F);
  }
}

TEST_CASE("a row has the same bits at every address") {
  constexpr std::size_t n = 7 * lanes + 3;
  std::vector<float> memory(n + 16);
  guarded x(n);
  fill(x, 5);
  const float expected = kernel::reduce_row<sum>(n, from(x.data()));
  for (std::size_t shift = 0; shift < 16; ++shift) {
    std::copy_n(x.data(), n, memory.data() + shift);
    CHECK(same_bits(kernel::reduce_row<sum>(n, from(memory.data() + shift)), expected));
  }
}

TEST_CASE("several rows make one number") {
  constexpr std::size_t n = 2 * lanes + 1;
  guarded x(3 * n);
  fill(x, 9);
  kernel::row_accumulator<sum> total;
  double expected = 0;
  for (std::size_t r = 0; r < 3; ++r) total.add(n, from(x.data() + r * n));
  for (std::size_t i = 0; i < 3 * n; ++i) expected += double{x.data()[i]};
  CHECK(std::abs(total.result() - expected) <= 20 * eps * static_cast<double>(3 * n));
}

TEST_CASE("not a number wins, wherever it stands") {
  for (std::size_t n = 1; n <= 5 * lanes + 1; n += 3) {
    for (std::size_t at = 0; at < n; ++at) {
      std::vector<float> x(n, 1.0F);
      x[at] = NAN;
      CHECK(std::isnan(kernel::reduce_row<largest>(n, from(x.data()))));
      CHECK(std::isnan(kernel::reduce_row<sum>(n, from(x.data()))));
    }
  }
}

TEST_CASE("columns of any number, down any number of rows") {
  for (std::size_t n = 0; n <= 9 * lanes + 1; ++n) {
    for (const std::size_t rows : {0U, 1U, 2U, 7U}) {
      CAPTURE(n);
      CAPTURE(rows);
      guarded x(rows * n);
      guarded y(n);
      fill(x, static_cast<std::uint32_t>(n));
      kernel::reduce_columns<sum>(
          n,
          rows,
          [&](std::size_t r, std::size_t i, auto m)
              KILN_INLINE_LAMBDA { return simd::load(x.data() + r * n + i, m); },
          [&](std::size_t i, simd::pack v, auto m)
              KILN_INLINE_LAMBDA { simd::store(y.data() + i, v, m); });
      for (std::size_t i = 0; i < n; ++i) {
        float expected = 0;
        for (std::size_t r = 0; r < rows; ++r) expected += x.data()[r * n + i];
        CHECK(same_bits(y.data()[i], expected));  // one chain, in order
      }
    }
  }
}

TEST_CASE("a walk over two axes") {
  constexpr std::size_t n = lanes + 2;
  guarded x(6 * n);
  guarded y(n);
  fill(x, 3);
  const auto walk = [](const auto& f) KILN_INLINE_LAMBDA {
    for (std::size_t r = 0; r < 2; ++r) {
      for (std::size_t s = 0; s < 3; ++s) f(r, s);
    }
  };
  kernel::reduce_columns_over<largest>(
      n,
      walk,
      [&](std::size_t r, std::size_t s, std::size_t i, auto m)
          KILN_INLINE_LAMBDA { return simd::load(x.data() + (r * 3 + s) * n + i, m); },
      [&](std::size_t i, simd::pack v, auto m)
          KILN_INLINE_LAMBDA { simd::store(y.data() + i, v, m); });
  for (std::size_t i = 0; i < n; ++i) {
    float most = x.data()[i];
    for (std::size_t r = 1; r < 6; ++r) most = std::max(most, x.data()[r * n + i]);
    CHECK(y.data()[i] == most);
  }
}
