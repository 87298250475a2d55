// SPDX-License-Identifier: MIT
// Matrix products and convolutions in f64 with the error bound of f32 sums.
#pragma once

#include <kiln/op/conv2d.hpp>
#include <kiln/op/grouped_matmul.hpp>
#include <kiln/op/matmul.hpp>
#include <kiln/reference/tensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace kiln::reference {

/// A sum of products that knows how far an f32 evaluation in any order may be from it.
///
/// Derivation: k products summed in any order and any number of partial sums err by at most
/// gamma_k * sum |a b| with gamma_k = k u / (1 - k u); (k + 2) u covers it for k up to 4,000, and
/// longer sums take gamma_k itself. Operand errors ea, eb add sum (|a| eb + |b| ea + ea eb).
///
/// @source  Higham 2002, sec. 3.1 and 4.2
class dot_product final {
 public:
  void add(double a, double a_bound, double b, double b_bound) {
    sum_ += a * b;
    const double size_a = std::fabs(a) + a_bound;
    const double size_b = std::fabs(b) + b_bound;
    magnitude_ += size_a * size_b;
    if (b_bound != 0) carried_ += size_a * b_bound;  // not 0 * inf
    if (a_bound != 0) carried_ += std::fabs(b) * a_bound;
    ++count_;
  }
  [[nodiscard]] double value() const { return sum_; }
  [[nodiscard]] double bound() const {
    const double ku = static_cast<double>(count_) * unit_roundoff;
    const double rounding = std::max(ku + 2 * unit_roundoff, ku / (1 - ku)) * magnitude_;
    // An infinite or NaN sum of exact operands is so in every order.
    if (!std::isfinite(sum_) && carried_ < detail::infinity) return 0;
    const double underflow = static_cast<double>(count_) * std::numeric_limits<float>::denorm_min();
    const double total = rounding + carried_ + underflow;
    return magnitude_ < detail::largest_float ? total : detail::infinity;
  }

 private:
  double sum_ = 0;
  double magnitude_ = 0;
  double carried_ = 0;
  std::int64_t count_ = 0;
};

namespace detail {
// A matrix operand: where row i, column j of batch item `batch` lies.
struct matrix final {
  const tensor* data = nullptr;
  std::int64_t row = 0;
  std::int64_t column = 0;

  matrix(const tensor& t, bool transposed)
      : data(&t) {
    const std::int64_t inner = t.extents.back();
    row = transposed ? 1 : inner;
    column = transposed ? inner : 1;
  }
  [[nodiscard]] extents_list batch_strides() const {
    const std::int64_t item = data->extents.back() * data->extents[data->extents.size() - 2];
    extents_list strides = broadcast_strides({data->extents.begin(), data->extents.end() - 2});
    for (auto& s : strides) s *= item;
    return strides;
  }
};

inline void add_term(
    dot_product& sum, const tensor& a, std::int64_t i, const tensor& b, std::int64_t j) {
  const auto p = static_cast<std::size_t>(i);
  const auto q = static_cast<std::size_t>(j);
  sum.add(a.value[p], a.bound[p], b.value[q], b.bound[q]);
}
}  // namespace detail

/// The matrix product into `out`, whose extents are set.
///
/// @shape  a: [b..., m, k]; b: [b..., k, n]; out: [b..., m, n]; either operand transposed
/// @cost   O(b m n k)
inline void matmul(const op::matmul_op::attributes& at,
                   const tensor& a,
                   const tensor& b,
                   tensor& out) {
  const detail::matrix left(a, at.transpose_a != 0);
  const detail::matrix right(b, at.transpose_b != 0);
  const std::int64_t m = out.extents[out.extents.size() - 2];
  const std::int64_t n = out.extents.back();
  const std::int64_t k = at.transpose_a != 0 ? a.extents[a.extents.size() - 2] : a.extents.back();
  const extents_list batch(out.extents.begin(), out.extents.end() - 2);
  walk(batch,
       std::array{left.batch_strides(), right.batch_strides()},
       [&](std::size_t item, const auto& at_item) {
         for (std::int64_t e = 0; e < m * n; ++e) {
           dot_product sum;
           const std::int64_t a0 = at_item[0] + e / n * left.row;
           const std::int64_t b0 = at_item[1] + e % n * right.column;
           for (std::int64_t p = 0; p < k; ++p) {
             detail::add_term(sum, a, a0 + p * left.column, b, b0 + p * right.row);
           }
           const std::size_t to =
               item * static_cast<std::size_t>(m * n) + static_cast<std::size_t>(e);
           out.value[to] = sum.value();
           out.bound[to] = sum.bound();
         }
       });
}

/// The weights of a grouped product as a matrix, with what rounding them to f32 may change.
///
/// @shape  numbers: [k * bits / 8, n]; scale: [groups, n]; zero: [groups, n] or a number
inline tensor grouped_weights(const op::grouped_matmul_op::attributes& at,
                              const tensor& numbers,
                              const tensor& scale,
                              const tensor& zero) {
  const std::int64_t n = numbers.extents[1], together = 8 / at.bits;
  const std::int64_t k = numbers.extents[0] * together;
  tensor w(extents_list{k, n});
  for (std::int64_t i = 0; i < k; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const auto byte =
          static_cast<unsigned>(numbers.value[static_cast<std::size_t>(i / together * n + j)]);
      const auto shift = static_cast<unsigned>(i % together * at.bits);
      const unsigned number = byte >> shift & ((1U << static_cast<unsigned>(at.bits)) - 1U);
      const auto group = static_cast<std::size_t>(i / at.group * n + j);
      const double z = zero.value[zero.elems() == 1 ? 0 : group];
      const auto e = static_cast<std::size_t>(i * n + j);
      w.value[e] = (number - z) * scale.value[group];
      w.bound[e] = 2 * unit_roundoff * std::fabs(w.value[e]);
    }
  }
  return w;
}

/// The convolution into `out`, whose extents are set.
///
/// @shape  x: [b, h, w, c]; weights: [r, s, c / groups, f]; out: [b, h', w', f]
/// @cost   O(b h' w' f r s c / groups)
inline void conv2d(const op::conv2d_op::attributes& at,
                   const tensor& x,
                   const tensor& weights,
                   tensor& out) {
  const std::int64_t h = x.extents[1], w = x.extents[2], c = x.extents[3];
  const std::int64_t inner = weights.extents[2], f = weights.extents[3];
  const std::int64_t per_group = f / at.groups;
  const auto element = [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t q) {
    dot_product sum;
    for (std::int64_t r = 0; r < weights.extents[0]; ++r) {
      const std::int64_t y = i * at.stride_h + r * at.dilation_h - at.top;
      if (y < 0 || y >= h) continue;
      for (std::int64_t s = 0; s < weights.extents[1]; ++s) {
        const std::int64_t z = j * at.stride_w + s * at.dilation_w - at.left;
        if (z < 0 || z >= w) continue;
        const std::int64_t from = ((image * h + y) * w + z) * c + q / per_group * inner;
        const std::int64_t tap = (r * weights.extents[1] + s) * inner * f + q;
        for (std::int64_t p = 0; p < inner; ++p) {
          detail::add_term(sum, x, from + p, weights, tap + p * f);
        }
      }
    }
    return sum;
  };
  std::size_t to = 0;
  for (std::int64_t image = 0; image < out.extents[0]; ++image) {
    for (std::int64_t i = 0; i < out.extents[1]; ++i) {
      for (std::int64_t j = 0; j < out.extents[2]; ++j) {
        for (std::int64_t q = 0; q < f; ++q, ++to) {
          const dot_product sum = element(image, i, j, q);
          out.value[to] = sum.value();
          out.bound[to] = sum.bound();
        }
      }
    }
  }
}

}  // namespace kiln::reference
