// SPDX-License-Identifier: MIT
// Functions of numbers as customisation points: one body then means both scalars and packs.
//
// Write `core::exp(x)`. For float and double it is computed in that type with the standard library;
// for anything else it is whatever function `exp` argument-dependent lookup finds, as for the packs
// of simd/math.hpp. The names are objects, so that no lookup can pick an unrelated overload.
#pragma once

#include <kiln/core/config.hpp>

#include <cmath>
#include <concepts>
#include <type_traits>

namespace kiln::core {

namespace detail {

// Functions of these names make the calls below look at the arguments' namespaces; without them
// they would find the objects further down and stop there.
void exp();
void exp2();
void expm1();
void log();
void log2();
void log1p();
void tanh();
void erf();
void erfc();
void sqrt();
void rsqrt();
void reciprocal();
void abs();
void floor();
void ceil();
void trunc();
void round();
void sigmoid();
void softplus();
void gelu();
void pow();
void copysign();
void max();
void min();
void max_or_second();
void min_or_second();
void fma();
void select();

struct exp_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::exp(x);
    else
      return exp(x);
  }
};
struct exp2_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::exp2(x);
    else
      return exp2(x);
  }
};
struct expm1_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::expm1(x);
    else
      return expm1(x);
  }
};
struct log_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::log(x);
    else
      return log(x);
  }
};
struct log2_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::log2(x);
    else
      return log2(x);
  }
};
struct log1p_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::log1p(x);
    else
      return log1p(x);
  }
};
struct tanh_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::tanh(x);
    else
      return tanh(x);
  }
};
struct erf_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::erf(x);
    else
      return erf(x);
  }
};
struct erfc_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::erfc(x);
    else
      return erfc(x);
  }
};
struct sqrt_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::sqrt(x);
    else
      return sqrt(x);
  }
};
struct rsqrt_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return T(1) / std::sqrt(x);
    else
      return rsqrt(x);
  }
};
struct reciprocal_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return T(1) / x;
    else
      return reciprocal(x);
  }
};
struct abs_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::fabs(x);
    else
      return abs(x);
  }
};
struct floor_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::floor(x);
    else
      return floor(x);
  }
};
struct ceil_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::ceil(x);
    else
      return ceil(x);
  }
};
struct trunc_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::trunc(x);
    else
      return trunc(x);
  }
};
struct round_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>)
      return std::nearbyint(x);
    else
      return round(x);
  }
};
struct sigmoid_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>) {
      const T e = std::exp(-std::fabs(x));  // never overflows
      return (x < T(0) ? e : T(1)) / (T(1) + e);
    } else {
      return sigmoid(x);
    }
  }
};
struct softplus_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>) {
      return (x < T(0) ? T(0) : x) + std::log1p(std::exp(-std::fabs(x)));
    } else {
      return softplus(x);
    }
  }
};
struct gelu_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x) const {
    if constexpr (std::floating_point<T>) {
      // erfc, not 1 + erf: that one cancels for negative x. From -64 on it has underflowed in any
      // type, and -infinity must not become infinity times zero.
      constexpr T sqrt_half = T(0.70710678118654752440L);
      return x < T(-64) ? T(-0.0) : T(0.5) * x * std::erfc(-sqrt_half * x);
    } else {
      return gelu(x);
    }
  }
};
struct pow_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x, const T& y) const {
    if constexpr (std::floating_point<T>)
      return std::pow(x, y);
    else
      return pow(x, y);
  }
};
struct copysign_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& x, const T& y) const {
    if constexpr (std::floating_point<T>)
      return std::copysign(x, y);
    else
      return copysign(x, y);
  }
};
struct max_or_second_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& a, const T& b) const {
    if constexpr (std::floating_point<T>)
      return a > b ? a : b;
    else
      return max_or_second(a, b);
  }
};
struct min_or_second_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& a, const T& b) const {
    if constexpr (std::floating_point<T>)
      return a < b ? a : b;
    else
      return min_or_second(a, b);
  }
};
struct max_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& a, const T& b) const {
    if constexpr (std::floating_point<T>)
      return a != a || a > b ? a : b;
    else
      return max(a, b);
  }
};
struct min_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& a, const T& b) const {
    if constexpr (std::floating_point<T>)
      return a != a || a < b ? a : b;
    else
      return min(a, b);
  }
};
struct fma_fn final {
  template <class T>
  KILN_INLINE constexpr T operator()(const T& a, const T& b, const T& c) const {
    if constexpr (std::floating_point<T>)
      return std::fma(a, b, c);
    else
      return fma(a, b, c);
  }
};
struct select_fn final {
  template <class Condition, class T>
  KILN_INLINE constexpr T operator()(const Condition& condition, const T& a, const T& b) const {
    if constexpr (std::integral<Condition>)
      return condition ? a : b;
    else
      return select(condition, a, b);
  }
};

}  // namespace detail

inline constexpr detail::exp_fn exp{};
inline constexpr detail::exp2_fn exp2{};
inline constexpr detail::expm1_fn expm1{};  // exp(x) - 1, accurate near 0
inline constexpr detail::log_fn log{};
inline constexpr detail::log2_fn log2{};
inline constexpr detail::log1p_fn log1p{};  // log(1 + x), accurate near 0
inline constexpr detail::tanh_fn tanh{};
inline constexpr detail::erf_fn erf{};
inline constexpr detail::erfc_fn erfc{};  // 1 - erf(x), accurate for large x
inline constexpr detail::sqrt_fn sqrt{};
inline constexpr detail::rsqrt_fn rsqrt{};
inline constexpr detail::reciprocal_fn reciprocal{};
inline constexpr detail::abs_fn abs{};
inline constexpr detail::floor_fn floor{};
inline constexpr detail::ceil_fn ceil{};
inline constexpr detail::trunc_fn trunc{};
inline constexpr detail::round_fn round{};        // to nearest, ties to even
inline constexpr detail::sigmoid_fn sigmoid{};    // 1 / (1 + exp(-x)), accurate for x << 0
inline constexpr detail::softplus_fn softplus{};  // log(1 + exp(x)), never overflows
inline constexpr detail::gelu_fn gelu{};          // x * Phi(x), accurate for x << 0
inline constexpr detail::pow_fn pow{};
inline constexpr detail::copysign_fn copysign{};  // magnitude of the first, sign of the second
inline constexpr detail::max_fn max{};            // NaN where either is NaN
inline constexpr detail::min_fn min{};
inline constexpr detail::max_or_second_fn max_or_second{};  // the second where either is NaN
inline constexpr detail::min_or_second_fn min_or_second{};
inline constexpr detail::fma_fn fma{};        // a * b + c, rounded once
inline constexpr detail::select_fn select{};  // a where the condition holds, else b

static_assert(max_or_second(0.0F, -1.0F) == 0.0F && max(2.0, 1.0) == 2.0);
static_assert(select(true, 1.0F, 2.0F) == 1.0F);

}  // namespace kiln::core
