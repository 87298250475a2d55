// SPDX-License-Identifier: MIT
// The numbers of a quantised MLP, and the MLP as plain loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <support/requantized.hpp>
#include <vector>

namespace kiln::test {

/// 70 -> 50 -> 37 -> 18: u8 with zero points between the layers, s8 at the end, where the weights
/// have zero points, too.
struct requantized_mlp final {
  static constexpr int most_rows = 33, inputs = 70, hidden = 50, middle = 37, outputs = 18;
  static constexpr float step_x = 0x1p-7F, step_1 = 0x1.8p-6F, step_2 = 0.031F, step_y = 0.0625F;
  static constexpr int zero_x = 113, zero_1 = 3, zero_2 = 9, zero_y = -5;

  integer_source source{.state = 7};
  std::vector<std::uint8_t> x = source.several<std::uint8_t>(most_rows * inputs, 0, 255);
  weight_columns first{source, inputs, hidden, step_x, step_1};
  weight_columns second{source, hidden, middle, step_1, step_2};
  weight_columns third{source, middle, outputs, step_2, step_y};
  std::vector<std::int8_t> third_zero = source.several<std::int8_t>(outputs, -2, 2);

  /// Runs `net(numbers, rows of x, result)` for several numbers of rows.
  template <class Net>
  [[nodiscard]] requantized_verdict check(Net net) const {
    requantized_verdict verdict;
    const std::vector<std::int8_t> expected = by_hand(verdict);
    for (const std::size_t rows : {1U, 5U, 17U, 33U}) {
      std::vector<std::int8_t> found(rows * outputs);
      net(*this, std::span(x).first(rows * inputs), std::span(found));
      verdict.compare(found, {expected.begin(), expected.begin() + std::ssize(found)});
    }
    return verdict;
  }

 private:
  struct layer final {
    const weight_columns& of;
    float step_in, step_out;
    int zero_in, zero_out;
    bool has_relu;
    std::span<const std::int8_t> weight_zero = {};
  };
  [[nodiscard]] std::vector<std::int8_t> by_hand(requantized_verdict& met) const {
    const auto h = run<std::uint8_t>(x, {first, step_x, step_1, zero_x, zero_1, true}, met);
    const auto g = run<std::uint8_t>(h, {second, step_1, step_2, zero_1, zero_2, true}, met);
    return run<std::int8_t>(g, {third, step_2, step_y, zero_2, zero_y, false, third_zero}, met);
  }
  /// sum a w s + bias is a multiply-add of the sum of integers, whose two numbers hold what does
  /// not depend on a; zero points of the weights take another one.
  template <class To>
  static std::vector<To> run(std::span<const std::uint8_t> a,
                             const layer& l,
                             requantized_verdict& met) {
    const std::size_t n = l.of.scale.size(), depth = l.of.w.size() / n;
    std::vector<To> result;
    for (std::size_t i = 0; i < a.size() / depth * n; ++i) {
      const std::size_t c = i % n;
      const int weight_zero = l.weight_zero.empty() ? 0 : l.weight_zero[c];
      int total = 0, row = 0, column = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        const int v = a[i / n * depth + k], w = l.of.w[k * n + c];
        total += v * w;
        row += v;
        column += w - weight_zero;
      }
      const float scale = product(l.of.scale[c], l.step_in);
      const float offset = product(static_cast<float>(-column * l.zero_in), scale);
      const float shift = sum(offset, l.of.bias[c]) / l.step_out;
      before_rounding y = before_rounding{shift, shift}.times_plus(total, scale / l.step_out);
      if (!l.weight_zero.empty()) {
        y = y.times_plus(row, -product(static_cast<float>(weight_zero), scale) / l.step_out);
      }
      result.push_back(quantized<To>(l.has_relu ? y.relu() : y, l.zero_out, met));
    }
    return result;
  }
};

/// What every machine gives.
inline constexpr std::uint64_t requantized_mlp_bits = 0xd0b815408b5d180d;

}  // namespace kiln::test
