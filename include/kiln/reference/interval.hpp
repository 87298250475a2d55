// SPDX-License-Identifier: MIT
// A number in f64 with the interval in which every sound f32 evaluation of it lies.
#pragma once

#include <kiln/core/math.hpp>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

namespace kiln::reference {

/// A value and where f32 arithmetic may put it: the oracle calls the meaning of an operator with
/// this type, so that each rounding of the meaning, as written, widens the interval by what one f32
/// operation may add. No operator needs an error analysis of its own.
///
/// Derivation: for a basic operation the f32 result of operands inside their intervals lies in the
/// hull of the exact results at the corners (each function used is monotone in each operand
/// between the points treated below), moved by at most u = 2^-24 of its size. Overflow beyond the
/// largest float opens the interval to infinity; underflow adds the smallest denormal.
///
/// @law  value is in [lo, hi], or is NaN and so are both ends (certain NaN)
/// @law  maybe_nan => f32 arithmetic may also give NaN
/// @source  Moore 1966, "Interval Analysis"; Higham 2002, sec. 2.2 for u
struct interval final {
  double value = 0;
  double lo = 0;
  double hi = 0;
  bool maybe_nan = false;

  constexpr interval() = default;
  constexpr explicit interval(double exact)
      : value(exact),
        lo(exact),
        hi(exact) {}
  constexpr interval(double v, double low, double high, bool nan)
      : value(v),
        lo(low),
        hi(high),
        maybe_nan(nan) {}

  /// A number in the meaning of an operator; floats hold it rounded.
  static interval number(double v);
  /// What a tensor holds: the value give or take a bound.
  static interval around(double v, double bound);

  [[nodiscard]] bool is_nan() const { return value != value && lo != lo; }
  [[nodiscard]] bool is_exact() const { return lo == hi && !maybe_nan; }

  /// How far an f32 result may be from the value; infinite where nothing is promised, 0 where it
  /// must be the value (or NaN where the value is NaN).
  [[nodiscard]] double bound() const {
    if (maybe_nan) return std::numeric_limits<double>::infinity();
    if (is_nan() || lo == hi) return 0;
    return std::max(value - lo, hi - value);
  }
};

/// The unit roundoff of f32: one operation errs by at most this part of its result.
inline constexpr double unit_roundoff = 0x1p-24;

/// What a function of the vector mathematics may err by, in units of u: 4 units in the last place.
inline constexpr double function_roundoffs = 8;

/// The answer of a comparison, and whether all values of the operands agree on it.
struct decision final {
  bool value = false;
  bool sure = true;
};

namespace detail {

inline constexpr double largest_float = std::numeric_limits<float>::max();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

inline interval certain_nan() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {nan, nan, nan, false};
}
/// Nothing is known but the value in f64.
inline interval anything(double value) { return {value, -infinity, infinity, true}; }

inline double outward(double x, double relative, double absolute, double sign) {
  if (std::isinf(x)) return x;
  const double moved = x + sign * (std::fabs(x) * relative + absolute);
  if (moved * sign > largest_float) return sign * infinity;
  return std::clamp(moved, -largest_float, largest_float);
}

/// Widened by so many roundings of the result and by an absolute error.
inline interval widen(interval x, double roundings, double absolute) {
  if (x.is_nan() || (x.lo == x.hi && std::isinf(x.value))) return x;
  x.lo = outward(x.lo, roundings * unit_roundoff, absolute, -1);
  x.hi = outward(x.hi, roundings * unit_roundoff, absolute, 1);
  return x;
}
/// The result of one correctly rounded operation.
inline interval rounded(const interval& x) {
  return widen(x, 1, std::numeric_limits<float>::denorm_min());
}
/// The result of a function of the vector mathematics, which may flush denormal results.
inline interval function(const interval& x) {
  return widen(x, function_roundoffs, std::numeric_limits<float>::min());
}

/// The hull of the results at the corners; NaN at some corners but not all is possible NaN.
inline interval hull(double value, std::initializer_list<double> corners, bool maybe_nan) {
  interval r{value, infinity, -infinity, maybe_nan};
  bool all_nan = true;
  for (const double x : corners) {
    if (x != x) {
      r.maybe_nan = true;
      continue;
    }
    all_nan = false;
    r.lo = std::min(r.lo, x);
    r.hi = std::max(r.hi, x);
  }
  if (all_nan) return maybe_nan ? anything(value) : certain_nan();
  if (r.maybe_nan || value != value) return anything(value);
  return r;
}

/// A function that rises or falls over its whole domain.
template <class F>
interval monotone(const interval& x, F f) {
  if (x.is_nan()) return x;
  return hull(f(x.value), {f(x.lo), f(x.hi)}, x.maybe_nan);
}

template <class F>
interval corners(const interval& a, const interval& b, F f) {
  if (a.is_nan() || b.is_nan()) return hull(f(a.value, b.value), {f(a.value, b.value)}, false);
  return hull(f(a.value, b.value),
              {f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)},
              a.maybe_nan || b.maybe_nan);
}

}  // namespace detail

/// @copydoc interval::number
inline interval interval::number(double v) {
  const bool fits = static_cast<double>(static_cast<float>(v)) == v;
  return fits || std::isinf(v) ? interval(v) : detail::rounded(interval(v));
}

/// @copydoc interval::around
inline interval interval::around(double v, double bound) {
  if (v != v) return bound == 0 ? detail::certain_nan() : detail::anything(v);
  if (bound == 0) return interval(v);
  if (std::isinf(bound)) return detail::anything(v);
  return {v, v - bound, v + bound, false};
}

/// Arithmetic: one rounding each, none for a change of sign.
inline interval operator-(const interval& x) { return {-x.value, -x.hi, -x.lo, x.maybe_nan}; }
inline interval operator+(const interval& a, const interval& b) {
  return detail::rounded(detail::corners(a, b, [](double x, double y) { return x + y; }));
}
inline interval operator-(const interval& a, const interval& b) { return a + (-b); }
inline interval operator*(const interval& a, const interval& b) {
  return detail::rounded(detail::corners(a, b, [](double x, double y) { return x * y; }));
}
inline interval operator/(const interval& a, const interval& b) {
  const bool straddles = b.lo <= 0 && b.hi >= 0 && b.lo != b.hi;
  if (straddles && !a.is_nan()) return detail::anything(a.value / b.value);
  return detail::rounded(detail::corners(a, b, [](double x, double y) { return x / y; }));
}
/// Also what a machine without fused multiply-add does: the product is rounded too.
inline interval fma(const interval& a, const interval& b, const interval& c) {
  interval r = a * b + c;
  r.value = std::fma(a.value, b.value, c.value);
  return r;
}

namespace detail {
template <class F>
decision decide(const interval& a, const interval& b, bool nan_answer, F exact) {
  if (a.is_nan() || b.is_nan()) return {nan_answer, !a.maybe_nan && !b.maybe_nan};
  const bool apart = a.hi < b.lo || b.hi < a.lo;
  const bool known = (apart || (a.lo == a.hi && b.lo == b.hi)) && !a.maybe_nan && !b.maybe_nan;
  return {exact(a.value, b.value), known};
}
}  // namespace detail

/// Comparisons: sure where the intervals do not overlap. NaN compares false, but for !=.
inline decision operator==(const interval& a, const interval& b) {
  return detail::decide(a, b, false, [](double x, double y) { return x == y; });
}
inline decision operator!=(const interval& a, const interval& b) {
  return detail::decide(a, b, true, [](double x, double y) { return x != y; });
}
inline decision operator<(const interval& a, const interval& b) {
  decision d = detail::decide(a, b, false, [](double x, double y) { return x < y; });
  d.sure = d.sure || (a.lo >= b.hi && !a.maybe_nan && !b.maybe_nan);
  return d;
}
inline decision operator<=(const interval& a, const interval& b) {
  decision d = detail::decide(a, b, false, [](double x, double y) { return x <= y; });
  d.sure = d.sure || (a.hi <= b.lo && !a.maybe_nan && !b.maybe_nan);
  return d;
}
inline decision operator>(const interval& a, const interval& b) { return b < a; }
inline decision operator>=(const interval& a, const interval& b) { return b <= a; }

/// One of two; where the comparison is not sure, the hull of both.
inline interval select(const decision& d, const interval& a, const interval& b) {
  const interval& chosen = d.value ? a : b;
  if (d.sure) return chosen;
  if (a.is_nan() != b.is_nan()) return detail::anything(chosen.value);
  if (a.is_nan()) return a;
  return {chosen.value, std::min(a.lo, b.lo), std::max(a.hi, b.hi), a.maybe_nan || b.maybe_nan};
}

/// Exact functions.
inline interval abs(const interval& x) {
  const bool straddles = x.lo < 0 && x.hi > 0;
  interval r = detail::monotone(x, [](double v) { return std::fabs(v); });
  if (straddles) r.lo = 0;
  return r;
}
inline interval max(const interval& a, const interval& b) {
  return detail::corners(
      a, b, [](double x, double y) { return x != x || y != y ? x + y : std::max(x, y); });
}
inline interval min(const interval& a, const interval& b) { return -max(-a, -b); }
/// The greater; the second where either is NaN.
inline interval max_or_second(const interval& a, const interval& b) {
  return a.is_nan() || b.is_nan() ? b : max(a, b);
}
/// The lesser; the second where either is NaN.
inline interval min_or_second(const interval& a, const interval& b) {
  return a.is_nan() || b.is_nan() ? b : min(a, b);
}
inline interval floor(const interval& x) {
  return detail::monotone(x, [](double v) { return std::floor(v); });
}
inline interval ceil(const interval& x) {
  return detail::monotone(x, [](double v) { return std::ceil(v); });
}
inline interval round(const interval& x) {
  return detail::monotone(x, [](double v) { return std::nearbyint(v); });
}

/// Rounded functions; all but gelu and pow are monotone.
inline interval sqrt(const interval& x) {
  return detail::rounded(detail::monotone(x, [](double v) { return std::sqrt(v); }));
}
inline interval reciprocal(const interval& x) { return interval(1.0) / x; }
inline interval rsqrt(const interval& x) {
  return detail::widen(detail::monotone(x, [](double v) { return 1 / std::sqrt(v); }), 3, 0);
}
inline interval exp(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::exp(v); }));
}
inline interval exp2(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::exp2(v); }));
}
inline interval expm1(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::expm1(v); }));
}
inline interval log(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::log(v); }));
}
inline interval log2(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::log2(v); }));
}
inline interval log1p(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::log1p(v); }));
}
inline interval tanh(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::tanh(v); }));
}
inline interval erf(const interval& x) {
  return detail::function(detail::monotone(x, [](double v) { return std::erf(v); }));
}
inline interval sigmoid(const interval& x) {
  return detail::function(detail::monotone(x, core::sigmoid));
}
inline interval softplus(const interval& x) {
  return detail::function(detail::monotone(x, core::softplus));
}
/// Falls before its minimum and rises after it. For negative x it decays as e^(-x^2 / 2): an
/// argument rounded by u changes it by x^2 u.
inline interval gelu(const interval& x) {
  constexpr double at_minimum = -0.75179160464;
  constexpr double minimum = -0.16997120748;
  const auto limited = [](double v) { return std::isinf(v) && v < 0 ? 0 : core::gelu(v); };
  interval r = detail::monotone(x, limited);
  if (x.lo < at_minimum && x.hi > at_minimum) r.lo = std::min(r.lo, minimum);
  const double decay = std::min(x.value * x.value, 200.0);  // beyond, gelu is 0 or x
  return detail::widen(r, function_roundoffs + 2 * decay, std::numeric_limits<float>::min());
}
/// Monotone in each operand for a positive base; an even power of a base around 0 has its least
/// value there.
inline interval pow(const interval& a, const interval& b) {
  const auto power = [](double x, double y) { return std::pow(x, y); };
  interval r = detail::corners(a, b, power);
  const bool whole = b.is_exact() && b.value == std::floor(b.value);
  if (a.lo < 0 && !a.is_exact()) {
    if (!whole || b.value < 0) return detail::anything(r.value);
    if (a.hi > 0) r.lo = std::min(r.lo, power(0.0, b.value));
  }
  return detail::function(r);
}

}  // namespace kiln::reference
