// SPDX-License-Identifier: MIT
// Every kernel of one kind of numbers over every size around its tile, on guarded memory.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/kernel/gemm/registry.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <unit/kernel/gemm/product.hpp>
#include <utility>

namespace kiln::test {

namespace gemm = kernel::gemm;
using gemm::arithmetic;
using product_test::product_of;

/// Calls f<K>() for every kernel of these numbers.
template <arithmetic X, class F>
void each_kernel_of(const F& f) {
  gemm::each_kernel([&]<gemm::kernel K>() {
    if constexpr (K.numbers == X) {
      CAPTURE(K.block.mr);
      CAPTURE(K.block.nv);
      f.template operator()<K>();
    }
  });
}

template <gemm::kernel K>
inline constexpr std::size_t most_rows = 2 * static_cast<std::size_t>(K.block.mr) + 1;
template <gemm::kernel K>
inline constexpr std::size_t most_columns = 2 * static_cast<std::size_t>(K.block.nv) * simd::lanes
                                            + 1;
/// Two steps of k and one element.
template <arithmetic X>
inline constexpr std::size_t most_depth = 2 * gemm::neighbours(X) + 1;

/// The code of a kernel for columns and depths that are not known, and rows that are (0: nor they).
/// Built in one piece, to be a template argument.
template <gemm::kernel K>
constexpr gemm::config code_of(int rows = 0) {
  const tensor::row_split split(rows, K.block.mr);
  return {.block = {.mr = K.block.mr, .nv = K.block.nv},
          .form = gemm::a_form::k_contiguous,
          .full_columns = 1,
          .tail_packs = gemm::any_tail,
          .tail_masked = 1,
          .rows_high = split.height(0),
          .rows_low = split.tall > 0 ? split.low : 0,
          .source = gemm::b_source::memory,
          .depth_blocks = 0,
          .numbers = K.numbers,
          .depth_tail = gemm::neighbours(K.numbers) > 1 ? 1 : 0,
          .compensated = gemm::shifts_a(K.numbers) ? 1 : 0};
}

/// Counts what is wrong instead of reporting each of it.
class verdicts final {
 public:
  template <arithmetic X>
  void add(product_of<X>& p, std::size_t m, std::size_t k, std::size_t n) {
    ++all_;
    if (p.is_right()) return;
    if (first_.empty()) {
      first_ = std::to_string(m) + " x " + std::to_string(k) + " x " + std::to_string(n);
    }
  }
  /// At least so many were looked at and all were right.
  void check(std::size_t at_least) const {
    CHECK_MESSAGE(first_.empty(), "first wrong product: ", first_);
    CHECK(all_ >= at_least);
  }

 private:
  std::size_t all_ = 0;
  std::string first_{};
};

/// Every m, n and k up to twice the tile and one more, in code that knows none of them.
template <arithmetic X>
void sweep_sizes() {
  each_kernel_of<X>([]<gemm::kernel K>() {
    constexpr auto c = code_of<K>();
    verdicts all;
    for (std::size_t m = 1; m <= most_rows<K>; ++m) {
      for (std::size_t n = 1; n <= most_columns<K>; ++n) {
        for (std::size_t k = 1; k <= most_depth<X>; ++k) {
          product_of<X> p({.m = m, .k = k, .n = n, .a_gap = n % 3, .c_gap = m % 2},
                          static_cast<std::uint32_t>(m + 31 * n));
          gemm::run<c>(p.operands(), p.epilogue());
          all.add(p, m, k, n);
        }
      }
    }
    all.check(most_rows<K> * most_columns<K> * most_depth<X>);
  });
}

/// Every m that is known to the compiler, up to twice the tile and one more: every height that a
/// tile may have, and every two heights.
template <arithmetic X>
void sweep_known_rows() {
  each_kernel_of<X>([]<gemm::kernel K>() {
    constexpr std::size_t step = gemm::neighbours(X);
    constexpr std::size_t n = most_columns<K>;
    verdicts all;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto one = [&]<std::size_t M>(std::integral_constant<std::size_t, M>) {
        for (std::size_t k = 1; k <= 3 * step + 1; ++k) {
          product_of<X> p({.m = M, .k = k, .n = n, .a_gap = k % 2, .c_gap = M % 2},
                          static_cast<std::uint32_t>(k));
          gemm::run<code_of<K>(static_cast<int>(M))>(p.operands(), p.epilogue());
          all.add(p, M, k, n);
        }
      };
      (one(std::integral_constant<std::size_t, I + 1>{}), ...);
    }
    (std::make_index_sequence<most_rows<K>>{});
    all.check(most_rows<K>);
  });
}

/// Panels of every depth and width, from rows, from columns and from elements that lie apart: each
/// element where it belongs, zeros where there is none.
template <arithmetic X>
void sweep_packing() {
  using element = gemm::b_element<X>;
  constexpr std::size_t step = gemm::neighbours(X);
  const auto is_right =
      [](std::size_t k, std::size_t n, std::size_t k_stride, std::size_t n_stride) {
        product_test::guarded_of<element> b((k - 1) * k_stride + (n - 1) * n_stride + 1);
        product_test::guarded_of<element> packed(gemm::packed_elems(X, k, n));
        product_test::random next(static_cast<std::uint32_t>(k + 100 * n));
        for (std::size_t i = 0; i < b.size(); ++i) product_test::draw<X>(next, b.data()[i], true);
        gemm::pack_b<X>(b.data(),
                        static_cast<std::ptrdiff_t>(k_stride),
                        static_cast<std::ptrdiff_t>(n_stride),
                        k,
                        n,
                        packed.data());
        const std::size_t depth = core::round_up(k, step);
        for (std::size_t j = 0; j < core::round_up(n, gemm::panel); ++j) {
          for (std::size_t i = 0; i < depth; ++i) {
            const auto* panel = packed.data() + j / gemm::panel * gemm::panel * depth;
            const element found =
                panel[i / step * step * gemm::panel + j % gemm::panel * step + i % step];
            const double wanted =
                i < k && j < n ? product_test::number(b.data()[i * k_stride + j * n_stride]) : 0.0;
            if (product_test::number(found) != wanted) return false;
          }
        }
        return true;
      };
  for (std::size_t k = 1; k <= 16 * step + 3; ++k) {
    for (std::size_t n = 1; n <= 2 * gemm::panel + 1; n += n < 18 ? 1 : 7) {
      CAPTURE(k);
      CAPTURE(n);
      CHECK(is_right(k, n, n, 1));
      CHECK(is_right(k, n, n + 3, 1));
      CHECK(is_right(k, n, 1, k));
      CHECK(is_right(k, n, 1, k + 5));
      CHECK(is_right(k, n, 2, 2 * k + 1));
    }
  }
}

/// Depths around the number of steps after which k is cut, and rows around what the second cache
/// holds of them.
template <arithmetic X>
void sweep_blocks() {
  constexpr std::size_t step = gemm::neighbours(X);
  constexpr std::size_t cut = step * 3 * gemm::longest_depth / 2;
  each_kernel_of<X>([]<gemm::kernel K>() {
    // So few columns that most of the work is the kernel's.
    constexpr std::size_t n = simd::lanes + 1;
    constexpr auto c = code_of<K>();
    verdicts all;
    for (const std::size_t k : {cut - 1, cut, cut + 1, 2 * cut + step}) {
      const std::size_t tile_bytes =
          k * static_cast<std::size_t>(K.block.mr) * gemm::a_elem_bytes(X);
      const auto half = static_cast<std::size_t>(core::native.l2_bytes / 2);
      const std::size_t tiles = half / tile_bytes + 1;
      for (const std::size_t some : {tiles - 1, tiles}) {
        if (some == 0 || K.block.mr == 1) continue;
        const std::size_t m = some * static_cast<std::size_t>(K.block.mr) + 1;
        product_of<X> p({.m = m, .k = k, .n = n});
        gemm::run<c>(p.operands(), p.epilogue());
        all.add(p, m, k, n);
      }
      product_of<X> thin({.m = 1, .k = k, .n = n});
      gemm::run<c>(thin.operands(), thin.epilogue());
      all.add(thin, 1, k, n);
    }
    all.check(4);
  });
}

/// The largest and smallest elements that whole numbers have, in every combination: no step may
/// saturate, and sums wrap around.
template <arithmetic X>
void sweep_extremes() {
  static_assert(gemm::sums_integers(X));
  using a_element = gemm::a_element<X>;
  constexpr int b_least = X == arithmetic::u8s7 ? -64 : -128;
  constexpr int b_most = X == arithmetic::u8s7 ? 63 : 127;
  // The last depth is one at which the largest products exceed 2^31.
  constexpr std::size_t deep = (std::size_t{1} << 31) / (127 * 127) + 5;
  each_kernel_of<X>([]<gemm::kernel K>() {
    constexpr auto c = code_of<K>();
    verdicts all;
    for (const std::size_t k : {std::size_t{1}, std::size_t{4}, std::size_t{7}, deep}) {
      const std::size_t m = k == deep ? 2 : most_rows<K>;
      const std::size_t n = k == deep ? 3 : most_columns<K>;
      for (const a_element a :
           {std::numeric_limits<a_element>::min(), std::numeric_limits<a_element>::max()}) {
        for (const int b : {b_least, b_most}) {
          // Neighbours of one sign, and of changing ones.
          for (const bool changes : {false, true}) {
            product_of<X> p({.m = m, .k = k, .n = n});
            for (std::size_t q = 0; q < k; ++q) {
              const int right = changes && q % 2 == 1 ? b_least + b_most - b : b;
              for (std::size_t i = 0; i < m; ++i) p.a(i, q) = a;
              for (std::size_t j = 0; j < n; ++j) p.b(q, j) = static_cast<std::int8_t>(right);
            }
            p.pack();
            gemm::run<c>(p.operands(), p.epilogue());
            all.add(p, m, k, n);
          }
        }
      }
    }
    all.check(32);
  });
}

}  // namespace kiln::test
