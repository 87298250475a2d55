// SPDX-License-Identifier: MIT
// Reductions, pooling and row operators in f64 with error bounds that hold for any order of sums.
#pragma once

#include <kiln/op/pooling.hpp>
#include <kiln/op/reduction.hpp>
#include <kiln/reference/tensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace kiln::reference {

namespace detail {

/// Combines intervals by the meaning of Op. Intervals bound one order of combining; the magnitude
/// (the same reduction of absolute values) bounds every other: each of n roundings errs by at most
/// u times a partial result, and no partial result exceeds the magnitude.
template <class Op>
class accumulator final {
 public:
  void add(const interval& x) {
    sum_ = Op::combine(sum_, x);
    const double size = std::max(std::fabs(x.lo), std::fabs(x.hi));
    magnitude_ = Op::combine(magnitude_, size);
    ++count_;
  }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] interval finish(std::int64_t count) const {
    interval total = sum_;
    if constexpr (!Op::exact) {
      const double roundings = static_cast<double>(count_ + 2) * unit_roundoff;
      const bool overflows = magnitude_ > largest_float && std::isfinite(total.value);
      total = overflows ? anything(total.value) : widen(total, 0, roundings * magnitude_);
    }
    return Op::finish(total, interval(static_cast<double>(count)));
  }

 private:
  interval sum_ = Op::template initial<interval>();
  double magnitude_ = Op::template initial<double>();
  std::int64_t count_ = 0;
};

/// The sum of intervals, bounded for any order, each term having been made with `extra` roundings
/// more than its interval shows.
inline interval sum_of(const std::vector<interval>& terms, double extra = 0) {
  interval sum(0.0);
  double magnitude = 0;
  for (const interval& x : terms) {
    sum = sum + x;
    magnitude += std::max(std::fabs(x.lo), std::fabs(x.hi));
  }
  if (std::isfinite(sum.value) && magnitude > largest_float) return anything(sum.value);
  const double roundings = static_cast<double>(terms.size() + 2) + extra;
  return widen(sum, 0, roundings * unit_roundoff * magnitude);
}

/// Calls f(offset, stride, length) for every row along `axis`.
template <class F>
void each_row(const tensor& x, std::int64_t axis, F f) {
  std::int64_t inner = 1;
  for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < x.extents.size(); ++i) {
    inner *= x.extents[i];
  }
  const std::int64_t length = x.extents[static_cast<std::size_t>(axis)];
  const std::int64_t total = elems_of(x.extents);
  for (std::int64_t outer = 0; outer < total; outer += inner * length) {
    for (std::int64_t i = 0; i < inner; ++i) f(outer + i, inner, length);
  }
}

inline std::vector<interval> read_row(const tensor& x,
                                      std::int64_t offset,
                                      std::int64_t stride,
                                      std::int64_t length) {
  std::vector<interval> row;
  for (std::int64_t i = 0; i < length; ++i) {
    row.push_back(x.at(static_cast<std::size_t>(offset + i * stride)));
  }
  return row;
}

// x - m as the argument of an exponential: also covers e^x written as 2^(x log2 e - m log2 e),
// which errs by u times both operands.
inline interval exponent(const interval& x, const interval& m) {
  const double sizes = std::fabs(x.value) + std::fabs(m.value);
  return std::isfinite(sizes) ? widen(x - m, 1, 2 * unit_roundoff * sizes) : x - m;
}

}  // namespace detail

/// The reduction Op of x along the axes of a bit mask into `out`, whose extents are set.
///
/// @shape  x: any; out: x without the reduced axes, or with 1 in their place
template <class Op>
void reduce(const op::reduction_attributes& at, const tensor& x, tensor& out) {
  extents_list kept = x.extents;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (at.has(axis)) kept[static_cast<std::size_t>(axis)] = 1;
  }
  std::vector<detail::accumulator<Op>> sums(out.elems());
  walk(x.extents, std::array{broadcast_strides(kept)}, [&](std::size_t from, const auto& to) {
    sums[static_cast<std::size_t>(to[0])].add(x.at(from));
  });
  for (std::size_t i = 0; i < sums.size(); ++i) out.set(i, sums[i].finish(sums[i].count()));
}

/// The pooling Op of x into `out`, whose extents are set.
///
/// @shape  x: [b, h, w, c]; out: [b, h', w', c]
template <class Op>
void pool(const op::pooling_attributes& at, const tensor& x, tensor& out) {
  const std::int64_t h = x.extents[1], w = x.extents[2], c = x.extents[3];
  const auto element = [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t q) {
    detail::accumulator<Op> sum;
    for (std::int64_t r = 0; r < at.window_h; ++r) {
      for (std::int64_t s = 0; s < at.window_w; ++s) {
        const std::int64_t y = i * at.stride_h + r - at.top;
        const std::int64_t z = j * at.stride_w + s - at.left;
        if (y < 0 || y >= h || z < 0 || z >= w) continue;
        sum.add(x.at(static_cast<std::size_t>(((image * h + y) * w + z) * c + q)));
      }
    }
    const std::int64_t whole = std::int64_t{at.window_h} * at.window_w;
    return sum.finish(at.count_include_pad != 0 ? whole : sum.count());
  };
  std::size_t to = 0;
  for (std::int64_t image = 0; image < out.extents[0]; ++image) {
    for (std::int64_t i = 0; i < out.extents[1]; ++i) {
      for (std::int64_t j = 0; j < out.extents[2]; ++j) {
        for (std::int64_t q = 0; q < c; ++q, ++to) out.set(to, element(image, i, j, q));
      }
    }
  }
}

/// Softmax or its logarithm along an axis, online or in two passes.
///
/// Derivation: an online softmax rescales its sum at most once a term, by an exponential: n more
/// function errors than terms. The quotient may be a product with a reciprocal: two roundings more.
inline void softmax(std::int64_t axis, bool logarithm, const tensor& x, tensor& out) {
  detail::each_row(x, axis, [&](std::int64_t offset, std::int64_t stride, std::int64_t length) {
    std::vector<interval> row = detail::read_row(x, offset, stride, length);
    interval greatest(-detail::infinity);
    for (const interval& v : row) greatest = max(greatest, v);
    std::vector<interval> shifted;
    std::vector<interval> terms;
    for (const interval& v : row) {
      shifted.push_back(detail::exponent(v, greatest));
      terms.push_back(exp(shifted.back()));
    }
    const double rescalings = function_roundoffs * static_cast<double>(length);
    const interval sum = detail::sum_of(terms, rescalings);
    for (std::int64_t i = 0; i < length; ++i) {
      const auto p = static_cast<std::size_t>(i);
      const interval y =
          logarithm ? shifted[p] - log(sum) : detail::widen(terms[p] / sum, rescalings + 2, 0);
      out.set(static_cast<std::size_t>(offset + i * stride), y);
    }
  });
}

namespace detail {
// One parameter of a norm: a scalar or a vector.
inline interval parameter(const tensor& t, std::int64_t i) {
  return t.at(t.elems() == 1 ? 0 : static_cast<std::size_t>(i));
}

// row[i] / sqrt(mean square + epsilon) * gamma[i]
inline void normalise(std::vector<interval>& row, const tensor& gamma, const tensor& epsilon) {
  std::vector<interval> squares;
  for (const interval& v : row) squares.push_back(v * v);
  for (interval& q : squares) q.lo = std::max(q.lo, 0.0);  // a square, which v * v does not know
  const interval mean = sum_of(squares) / interval(static_cast<double>(row.size()));
  const interval factor = rsqrt(mean + epsilon.at(0));
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = row[i] * factor * parameter(gamma, static_cast<std::int64_t>(i));
  }
}
}  // namespace detail

/// Layer normalisation over the last axis.
///
/// @shape  x: [..., n]; gamma, beta: [n] or scalar; epsilon: scalar
inline void layer_norm(
    const tensor& x, const tensor& gamma, const tensor& beta, const tensor& epsilon, tensor& out) {
  detail::each_row(x, x.rank() - 1, [&](std::int64_t offset, std::int64_t, std::int64_t n) {
    std::vector<interval> row = detail::read_row(x, offset, 1, n);
    const interval mean = detail::sum_of(row) / interval(static_cast<double>(n));
    for (interval& v : row) v = v - mean;
    detail::normalise(row, gamma, epsilon);
    for (std::int64_t i = 0; i < n; ++i) {
      out.set(static_cast<std::size_t>(offset + i),
              row[static_cast<std::size_t>(i)] + detail::parameter(beta, i));
    }
  });
}

/// Root-mean-square normalisation over the last axis.
///
/// @shape  x: [..., n]; gamma: [n] or scalar; epsilon: scalar
inline void rms_norm(const tensor& x, const tensor& gamma, const tensor& epsilon, tensor& out) {
  detail::each_row(x, x.rank() - 1, [&](std::int64_t offset, std::int64_t, std::int64_t n) {
    std::vector<interval> row = detail::read_row(x, offset, 1, n);
    detail::normalise(row, gamma, epsilon);
    for (std::int64_t i = 0; i < n; ++i) {
      out.set(static_cast<std::size_t>(offset + i), row[static_cast<std::size_t>(i)]);
    }
  });
}

}  // namespace kiln::reference
