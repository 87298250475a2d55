// SPDX-License-Identifier: MIT
// Programs over whole rows: softmax, its logarithm, layer normalisation, RMS normalisation.
//
// All of them read a row once through load(i, m), keep it in `work`, and hand out the results
// through store(i, pack, m), where i is the first element of a pack and m says which of its lanes
// exist: it is simd::all_lanes but for the last pack of a row. The order of every sum depends on n
// alone.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/math.hpp>
#include <kiln/kernel/reduce.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/math.hpp>
#include <kiln/simd/pack.hpp>

#include <cstddef>
#include <limits>

namespace kiln::kernel {
inline namespace KILN_ISA {

/// Floats of scratch that a row of n needs: whole packs.
constexpr std::size_t row_work_elems(std::size_t n) { return core::round_up(n, simd::lanes); }

namespace detail {

// The larger; where x is NaN the accumulator stays, as the sum that follows brings NaN up anyway.
struct larger final {
  template <class T>
  static KILN_INLINE T initial() {
    return T(-std::numeric_limits<float>::infinity());
  }
  static KILN_INLINE simd::pack combine(simd::pack acc, simd::pack x) {
    return simd::max_or_second(x, acc);
  }
  static KILN_INLINE simd::pack merge(simd::pack a, simd::pack b) { return combine(a, b); }
};

struct sum final {
  template <class T>
  static KILN_INLINE T initial() {
    return T(0.0F);
  }
  static KILN_INLINE simd::pack combine(simd::pack acc, simd::pack x) { return acc + x; }
  static KILN_INLINE simd::pack merge(simd::pack a, simd::pack b) { return a + b; }
};

struct sum_of_squares final {
  template <class T>
  static KILN_INLINE T initial() {
    return T(0.0F);
  }
  static KILN_INLINE simd::pack combine(simd::pack acc, simd::pack x) {
    return simd::fma(x, x, acc);
  }
  static KILN_INLINE simd::pack merge(simd::pack a, simd::pack b) { return a + b; }
};

/// Calls f(i, m) for every pack of a row.
template <class F>
KILN_INLINE void each_pack(std::size_t n, const F& f) {
  std::size_t i = 0;
  for (; i + simd::lanes <= n; i += simd::lanes) f(i, simd::all_lanes{});
  if (i < n) f(i, simd::first(n - i));
}

/// Copies the row to work, what follows it in its last pack as `rest`, and reduces it.
template <class Reduction, class Load>
KILN_INLINE float take_in(std::size_t n, const Load& load, float* work, float rest) {
  return reduce_row<Reduction>(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    const simd::pack x = load(i, m);
    simd::store(work + i, simd::select(m, x, simd::pack(rest)));
    return x;
  });
}

/// Sums of e^(work - most), a lane of which is to be added up; keeps the terms in work where asked
/// to. Behind the row stands -infinity, whose term is 0, so that there is no tail.
template <bool Keep>
KILN_INLINE simd::pack sums_of_exp(std::size_t n, float* work, simd::pack most) {
  const auto term = [&](std::size_t i) KILN_INLINE_LAMBDA {
    const simd::pack e = simd::exp(simd::load(work + i) - most);
    if constexpr (Keep) simd::store(work + i, e);
    return e;
  };
  simd::pack even = simd::zero();
  simd::pack odd = simd::zero();
  std::size_t i = 0;
  for (; i + simd::lanes < n; i += 2 * simd::lanes) {
    even += term(i);
    odd += term(i + simd::lanes);
  }
  if (i < n) even += term(i);
  return even + odd;
}

/// Copies the row to work as take_in() does, with -infinity behind it; the largest of each lane.
template <class Load>
KILN_INLINE simd::pack take_in_largest(std::size_t n, const Load& load, float* work) {
  simd::pack most = larger::initial<simd::pack>();
  each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    const simd::pack x = simd::select(m, load(i, m), larger::initial<simd::pack>());
    simd::store(work + i, x);
    most = larger::combine(most, x);
  });
  return most;
}

/// What a norm multiplies a row with. On a single float: divisions and square roots of packs take
/// several times as long.
KILN_INLINE float factor(float squares, float count, float epsilon) {
  return 1.0F / core::sqrt(squares / count + epsilon);
}

}  // namespace detail

/// e^(x - m) / sum of e^(x - m), m the largest of the row. Scores of -infinity give 0; a row with
/// NaN or +infinity, or of -infinity alone, is NaN throughout.
///
/// @shape     load, store: [n]; work: [row_work_elems(n)]
/// @cost      n exponentials; a pack of 16 takes about 10 cycles with AVX-512
/// @pre       load may read the row from work itself
/// @errors    none
/// @accuracy  relative: (n / (2 lanes) + 10) eps + twice accuracy::exp + eps |x - m|
template <row_load Load, class Store>
KILN_INLINE void softmax(std::size_t n, const Load& load, float* work, const Store& store) {
  constexpr float least = -std::numeric_limits<float>::infinity();
  const simd::pack most(detail::take_in<detail::larger>(n, load, work, least));
  const simd::pack scale(1.0F / simd::reduce_add(detail::sums_of_exp<true>(n, work, most)));
  detail::each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    store(i, simd::load(work + i) * scale, m);
  });
}

/// x - m - log(sum of e^(x - m)), m the largest of the row; special rows as in softmax().
///
/// @shape     load, store: [n]; work: [row_work_elems(n)]
/// @cost      n exponentials
/// @pre       load may read the row from work itself
/// @errors    none
/// @accuracy  absolute: (n / (2 lanes) + 10) eps + accuracy::exp + 2 eps (|x - m| + log n)
template <row_load Load, class Store>
KILN_INLINE void log_softmax(std::size_t n, const Load& load, float* work, const Store& store) {
  constexpr float least = -std::numeric_limits<float>::infinity();
  const simd::pack most(detail::take_in<detail::larger>(n, load, work, least));
  const float sum = simd::reduce_add(detail::sums_of_exp<false>(n, work, most));
  const simd::pack offset = simd::log(simd::pack(sum));
  detail::each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    store(i, simd::load(work + i) - most - offset, m);
  });
}

/// Rows that softmax_rows() takes at a time, as many as a pack has lanes, and how long they may be:
/// in longer ones a reduction weighs little.
inline constexpr std::size_t row_block = simd::lanes;
inline constexpr std::size_t row_block_longest = 8 * simd::lanes;

namespace detail {

/// softmax() of row_block rows: what is one number a row is one lane here, so that largest
/// elements, sums and divisions are those of packs.
template <class Load, class Store>
KILN_INLINE void softmax_block(std::size_t n, const Load& load, const Store& store) {
  alignas(64) float work[row_block * row_block_longest];
  const std::size_t stride = row_work_elems(n);
  simd::pack partial[row_block];
  for (std::size_t r = 0; r < row_block; ++r) {
    partial[r] = take_in_largest(
        n,
        [&](std::size_t i, auto m) KILN_INLINE_LAMBDA { return load(r, i, m); },
        work + r * stride);
  }
  const auto most = simd::to_array(simd::reduce_each(partial, larger::merge));
  for (std::size_t r = 0; r < row_block; ++r) {
    partial[r] = sums_of_exp<true>(n, work + r * stride, simd::pack(most[r]));
  }
  const auto scale = simd::to_array(simd::pack(1.0F) / simd::reduce_each(partial, sum::merge));
  for (std::size_t r = 0; r < row_block; ++r) {
    each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
      store(r, i, simd::load(work + r * stride + i) * simd::pack(scale[r]), m);
    });
  }
}

/// The same where a row fits a pack: nothing leaves the registers in between but their spills.
template <class Load, class Store>
KILN_INLINE void softmax_block_of_packs(std::size_t n, const Load& load, const Store& store) {
  const simd::mask m = simd::first(n);
  simd::pack x[row_block];
  for (std::size_t r = 0; r < row_block; ++r) {
    x[r] = simd::select(m, load(r, 0, m), larger::initial<simd::pack>());
  }
  const auto most = simd::to_array(simd::reduce_each(x, larger::merge));
  for (std::size_t r = 0; r < row_block; ++r) x[r] = simd::exp(x[r] - simd::pack(most[r]));
  const auto scale = simd::to_array(simd::pack(1.0F) / simd::reduce_each(x, sum::merge));
  for (std::size_t r = 0; r < row_block; ++r) store(r, 0, x[r] * simd::pack(scale[r]), m);
}

}  // namespace detail

/// softmax() of many rows, to the same bits: load(r, i, m) gives and store(r, i, pack, m) takes
/// packs of row r. Short rows are taken row_block at a time, as reducing one takes as long as its
/// exponentials.
///
/// @shape     load, store: [rows, n]; work: [row_work_elems(n)]
/// @cost      rows * n exponentials; 8 KiB of stack with AVX-512
/// @pre       load does not read from work
/// @errors    none
/// @accuracy  as softmax()
template <class Load, class Store>
KILN_INLINE void softmax_rows(
    std::size_t rows, std::size_t n, const Load& load, float* work, const Store& store) {
  std::size_t r = 0;
  for (; n <= row_block_longest && r + row_block <= rows; r += row_block) {
    const auto from = [&](std::size_t k, std::size_t i, auto m)
                          KILN_INLINE_LAMBDA { return load(r + k, i, m); };
    const auto to = [&](std::size_t k, std::size_t i, simd::pack v, auto m)
                        KILN_INLINE_LAMBDA { store(r + k, i, v, m); };
    if (n <= simd::lanes) {
      detail::softmax_block_of_packs(n, from, to);
    } else {
      detail::softmax_block(n, from, to);
    }
  }
  for (; r < rows; ++r) {
    softmax(
        n,
        [&](std::size_t i, auto m) KILN_INLINE_LAMBDA { return load(r, i, m); },
        work,
        [&](std::size_t i, simd::pack v, auto m) KILN_INLINE_LAMBDA { store(r, i, v, m); });
  }
}

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean = sum of x / n and variance =
/// sum of (x - mean)^2 / n, in two passes: a mean far from 0 costs no digits of the variance.
///
/// @shape     load, gamma, beta, store: [n]; work: [row_work_elems(n)]
/// @cost      8n flop; two passes over work
/// @pre       load may read the row from work itself
/// @errors    none
/// @accuracy  of the normalised value: (n / (4 lanes) + 12) eps (|value| + mean of |x| / deviation)
template <row_load Load, row_load Gamma, row_load Beta, class Store>
KILN_INLINE void layer_norm(std::size_t n,
                            const Load& load,
                            const Gamma& gamma,
                            const Beta& beta,
                            float epsilon,
                            float* work,
                            const Store& store) {
  const auto count = static_cast<float>(n);
  const simd::pack mean(detail::take_in<detail::sum>(n, load, work, 0.0F) / count);
  const float squares = reduce_row<detail::sum_of_squares>(
      n, [&](std::size_t i, auto) KILN_INLINE_LAMBDA { return simd::load(work + i) - mean; });
  const simd::pack scale(detail::factor(squares, count, epsilon));
  detail::each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    const simd::pack normal = (simd::load(work + i) - mean) * scale;
    store(i, simd::fma(normal, gamma(i, m), beta(i, m)), m);
  });
}

/// x / sqrt(mean of x^2 + epsilon) * gamma.
///
/// @shape     load, gamma, store: [n]; work: [row_work_elems(n)]
/// @cost      5n flop; one pass over work
/// @pre       load may read the row from work itself
/// @errors    none
/// @accuracy  relative: (n / (8 lanes) + 10) eps
template <row_load Load, row_load Gamma, class Store>
KILN_INLINE void rms_norm(std::size_t n,
                          const Load& load,
                          const Gamma& gamma,
                          float epsilon,
                          float* work,
                          const Store& store) {
  const float squares = detail::take_in<detail::sum_of_squares>(n, load, work, 0.0F);
  const simd::pack scale(detail::factor(squares, static_cast<float>(n), epsilon));
  detail::each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    store(i, simd::load(work + i) * scale * gamma(i, m), m);
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel
