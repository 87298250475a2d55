// SPDX-License-Identifier: MIT
// One matrix product with bias and relu for all contenders: operands, expected result, kiln's
// kernel.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/dot.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/simd/two.hpp>
#include <kiln/tensor/tile.hpp>
#include <kiln/version.hpp>

#include <algorithm>
#include <bench/common/measure.hpp>
#include <bench/common/memory.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;

/// A number in [-1, 1) as an element; of bytes a fraction of their range.
template <class Element>
Element element_of(float x) {
  if constexpr (std::is_same_v<Element, std::uint8_t>) {
    return static_cast<Element>((x + 1.0F) * 100.0F);
  } else if constexpr (std::is_same_v<Element, std::int8_t>) {
    return static_cast<Element>(x * 100.0F);
  } else if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    return kiln::core::to_bf16(x);
  } else {
    return x;
  }
}
template <class Element>
double number_of(Element x) {
  if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    return double{kiln::core::to_float(x)};
  } else {
    return static_cast<double>(x);
  }
}

template <class Element>
elements<Element> random_elements(std::size_t elems, unsigned seed) {
  elements<Element> p = allocate<Element>(elems);
  unsigned state = seed;
  for (std::size_t i = 0; i < elems; ++i) {
    state = state * 1664525U + 1013904223U;
    p[i] = element_of<Element>(static_cast<float>(state >> 8) / 8388608.0F - 1.0F);
  }
  return p;
}

/// c = relu(scale (a b + bias)), rounded to c's type: that of a, but f32 where a is f32.
template <arithmetic X>
struct problem final {
  using a_element = gemm::a_element<X>;
  using b_element = gemm::b_element<X>;
  using c_element = a_element;

  int m, k, n;
  float scale;
  elements<a_element> a;
  elements<b_element> b;
  elements<float> bias;
  elements<c_element> c;
  std::vector<double> expected;

  problem(int rows, int depth, int columns)
      : m(rows),
        k(depth),
        n(columns),
        scale(gemm::sums_integers(X) ? 0.01F / std::sqrt(static_cast<float>(depth)) : 1.0F),
        a(random_elements<a_element>(elems(m, k), 1)),
        b(random_elements<b_element>(elems(k, n), 2)),
        bias(random_elements<float>(elems(1, n), 3)),
        c(allocate<c_element>(elems(m, n))),
        expected(elems(m, n)) {
    std::vector<double> row(elems(1, n));
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) row[elems(1, j)] = double{bias[elems(1, j)]};
      for (int p = 0; p < k; ++p) {
        const double x = number_of(a[elems(i, k) + elems(1, p)]);
        const b_element* from = b.get() + elems(p, n);
        for (int j = 0; j < n; ++j) row[elems(1, j)] += x * number_of(from[j]);
      }
      for (int j = 0; j < n; ++j) {
        const double y = std::max(0.0, double{scale} * row[elems(1, j)]);
        expected[elems(i, n) + elems(1, j)] = gemm::sums_integers(X) ? std::min(255.0, y) : y;
      }
    }
  }

  static std::size_t elems(int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  }

  /// A contender that computes something else is not one.
  void verify(const contender& one) const {
    std::fill_n(c.get(), expected.size(), element_of<c_element>(-0.5F));
    one.run();
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double error = std::abs(number_of(c[i]) - expected[i]);
      // Sums that are not integers round k times, those of bf16 once more to eight bits.
      const double allowed = gemm::sums_integers(X)  ? 0.51
                             : X == arithmetic::bf16 ? 0x1p-8 * expected[i] + 1e-6 * k
                                                     : 1e-6 * k;
      worst = std::max(worst, error / allowed);
    }
    if (worst <= 1) return;
    std::fprintf(stderr, "%s is wrong by %g times what is allowed\n", one.impl.c_str(), worst);
    std::exit(1);
  }

  /// The operations of one run.
  [[nodiscard]] double flops() const { return 2.0 * m * n * k; }
};

/// The epilogue of f32 sums.
template <arithmetic X>
struct bias_relu final {
  gemm::a_element<X>* c;
  std::ptrdiff_t row_stride;
  const float* bias;
  float scale;

  [[nodiscard]] KILN_INLINE auto* partial(std::size_t row, std::size_t col) const {
    return c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
  }
  template <class Lanes>
  KILN_INLINE simd::pack columns(std::size_t col, Lanes m) const {
    const simd::pack b = simd::load(bias + col, m);
    if constexpr (gemm::sums_integers(X)) return b * simd::pack(scale);
    return b;
  }
  template <class Lanes>
  KILN_INLINE gemm::sum_pack<X> start(simd::pack b, std::size_t, std::size_t, Lanes) const {
    if constexpr (gemm::sums_integers(X)) {
      return simd::int_pack(0);
    } else {
      return b;
    }
  }
  template <class Lanes>
  KILN_INLINE void finish(
      simd::pack b, std::size_t row, std::size_t col, gemm::sum_pack<X> v, Lanes m) const {
    if constexpr (gemm::sums_integers(X)) {
      // Storing unsigned bytes makes negative numbers zero.
      simd::store_as(partial(row, col), simd::fma(simd::to_float(v), simd::pack(scale), b), m);
    } else {
      simd::store_as(partial(row, col), simd::max_or_second(simd::zero(), v), m);
    }
  }
  KILN_INLINE void finish_two(simd::pack b,
                              simd::pack d,
                              std::size_t row,
                              std::size_t col,
                              gemm::sum_pack<X> v,
                              gemm::sum_pack<X> w) const {
    if constexpr (gemm::sums_integers(X)) {
      const simd::pack by(scale);
      simd::store_two_as(partial(row, col),
                         simd::fma(simd::to_float(v), by, b),
                         simd::fma(simd::to_float(w), by, d));
    } else {
      simd::store_two_as(partial(row, col),
                         simd::max_or_second(simd::zero(), v),
                         simd::max_or_second(simd::zero(), w));
    }
  }
};

/// kiln's kernel; on vectors even where there is a matrix unit, if asked for.
template <arithmetic X, int M, int K, int N, bool OnVectors = false>
contender kiln_kernel(const problem<X>& p) {
  constexpr int steps = K / static_cast<int>(gemm::neighbours(X));
  constexpr auto block =
      OnVectors ? kiln::tensor::default_tile(kiln::core::native, M, N, steps)
                : kiln::tensor::product_tile(kiln::core::native, gemm::factors_of(X), M, N, steps);
  static constexpr auto config = gemm::configure(X, block, gemm::a_form::k_contiguous, M, K, N);
  const std::shared_ptr<gemm::b_element<X>[]> packed =
      allocate<gemm::b_element<X>>(gemm::packed_elems(X, K, N));
  gemm::pack_b<X>(p.b.get(), N, 1, K, N, packed.get());
  return {OnVectors ? "kiln on vectors" : "kiln", std::string(kiln::version), [&p, packed] {
            const gemm::operands_of<X> x{
                .a = p.a.get(), .a_row = K, .a_k = 1, .b = packed.get(), .m = M, .n = N, .k = K};
            gemm::run<config>(x, bias_relu<X>{p.c.get(), N, p.bias.get(), p.scale});
          }};
}

/// What kiln does with bf16 on machines whose bf16 instructions are slow: a is widened first, once.
template <int M, int K, int N>
contender kiln_widened(const problem<arithmetic::bf16>& p) {
  constexpr auto X = arithmetic::f32_bf16;
  constexpr auto block = kiln::tensor::default_tile(kiln::core::native, M, N, K / 2);
  static constexpr auto config = gemm::configure(X, block, gemm::a_form::k_contiguous, M, K, N);
  const std::shared_ptr<gemm::b_element<X>[]> packed =
      allocate<gemm::b_element<X>>(gemm::packed_elems(X, K, N));
  gemm::pack_b<X>(p.b.get(), N, 1, K, N, packed.get());
  const std::shared_ptr<float[]> wide = allocate<float>(problem<X>::elems(M, K));
  return {"kiln, a widened", std::string(kiln::version), [&p, packed, wide] {
            constexpr auto elems = static_cast<std::size_t>(M) * K;
            for (std::size_t i = 0; i < elems; i += simd::lanes) {
              const auto some = simd::first(elems - i);
              simd::store(wide.get() + i, simd::load_as(p.a.get() + i, some), some);
            }
            const gemm::operands_of<X> x{
                .a = wide.get(), .a_row = K, .a_k = 1, .b = packed.get(), .m = M, .n = N, .k = K};
            gemm::run<config>(x, bias_relu<arithmetic::bf16>{p.c.get(), N, p.bias.get(), p.scale});
          }};
}

}  // namespace bench
