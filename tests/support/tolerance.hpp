// SPDX-License-Identifier: MIT
// Compares results with the oracle: every element within its own error bound, no guessed tolerance.
#pragma once

#include <kiln/reference/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>

namespace kiln::test {

/// How two tensors compare: nothing, or the first element that is too far off.
struct comparison final {
  std::string problem;  // empty: all elements agree
  double worst = 0;     // greatest |difference| / bound over the elements with a finite bound > 0
  std::size_t checked = 0;  // elements that the oracle promises something about

  explicit operator bool() const { return problem.empty(); }
};

/// How much of the bound |actual - expected| uses: at most 1 is right, infinite is wrong.
inline double used_bound(double expected, double actual, double bound) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  if (std::isinf(bound)) return 0;
  if (std::isnan(expected) || std::isnan(actual)) {
    return std::isnan(expected) && std::isnan(actual) ? 0 : wrong;
  }
  if (actual == expected) return 0;
  const double off = std::fabs(actual - expected);
  return bound > 0 ? off / bound : wrong;
}

/// Compares elements actual(i) with the oracle's; `factor` widens the bounds.
///
/// @pre  actual can be called for every i below expected.elems()
template <class Actual>
comparison compare(const reference::tensor& expected, Actual actual, double factor = 1) {
  comparison result;
  for (std::size_t i = 0; i < expected.elems(); ++i) {
    const double found = static_cast<double>(actual(i));
    const double bound = expected.bound[i] * factor;
    const double used = used_bound(expected.value[i], found, bound);
    if (!std::isinf(bound)) ++result.checked;
    if (!(used <= 1) && result.problem.empty()) {
      std::ostringstream text;
      text.precision(17);
      text << "element " << i << " of " << expected.elems() << ": expected " << expected.value[i]
           << " +- " << bound << ", found " << found;
      result.problem = text.str();
    }
    if (std::isfinite(used)) result.worst = std::max(result.worst, used);
  }
  return result;
}

/// Compares f32 results in row-major order with the oracle.
inline comparison compare_f32(const reference::tensor& expected, const float* actual) {
  return compare(expected, [actual](std::size_t i) { return actual[i]; });
}

/// Compares two evaluations in f64 of what should be the same function. Either may have rounded
/// differently: roundings of f64 are 2^-29 of those that the bounds count, 2^-22 leaves room for
/// 100 times as many.
inline comparison compare_f64(const reference::tensor& expected, const reference::tensor& actual) {
  if (expected.extents != actual.extents) return {"the extents differ", 0, 0};
  reference::tensor widened = expected;
  for (std::size_t i = 0; i < widened.elems(); ++i) widened.bound[i] += actual.bound[i];
  return compare(
      widened, [&](std::size_t i) { return actual.value[i]; }, 0x1p-22);
}

/// Compares two evaluations in f64 where one has rounded numbers to f32 on the way, as folding
/// constants does.
inline comparison compare_rounded(const reference::tensor& expected,
                                  const reference::tensor& actual) {
  if (expected.extents != actual.extents) return {"the extents differ", 0, 0};
  reference::tensor widened = expected;
  for (std::size_t i = 0; i < widened.elems(); ++i) widened.bound[i] += actual.bound[i];
  return compare(widened, [&](std::size_t i) { return actual.value[i]; });
}

}  // namespace kiln::test
