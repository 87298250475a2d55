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

/// e^x for x <= 0. Where that rounds to 0, as for masked scores, it is 0 without being computed: a
/// result that underflows costs a hundred cycles and more on many machines.
KILN_INLINE simd::pack exp_of_score(simd::pack x) {
  constexpr float underflow = -104.0F;
  const simd::lane_mask gone = x < simd::pack(underflow);
  const simd::pack e = simd::exp(simd::select(gone, simd::zero(), x));
  return simd::select(gone, simd::zero(), e);
}

/// Sum of e^(work - most); keeps the terms in work where asked to. Behind the row stands -infinity,
/// whose term is 0, so that there is no tail.
template <bool Keep>
KILN_INLINE float sum_of_exp(std::size_t n, float* work, simd::pack most) {
  const auto term = [&](std::size_t i) KILN_INLINE_LAMBDA {
    const simd::pack e = exp_of_score(simd::load(work + i) - most);
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
  return simd::reduce_add(even + odd);
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
  const simd::pack scale(1.0F / detail::sum_of_exp<true>(n, work, most));
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
  const simd::pack offset = simd::log(simd::pack(detail::sum_of_exp<false>(n, work, most)));
  detail::each_pack(n, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
    store(i, simd::load(work + i) - most - offset, m);
  });
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
