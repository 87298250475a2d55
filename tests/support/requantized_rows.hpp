// SPDX-License-Identifier: MIT
// The numbers of a product whose left side is quantised as the net runs, and the same as loops.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <support/requantized.hpp>
#include <vector>

namespace kiln::test {

/// [21, 70] by [70, 40]: each row of floats gets a scale and a zero point of its own. Of every
/// other row the scale is a power of two, so that halves are met.
struct requantized_rows final {
  static constexpr int rows = 21, depth = 70, outputs = 40;
  static constexpr float step_x = 0x1p-6F, step_y = 0x1.4p-5F;
  static constexpr int zero_y = -11;

  integer_source source{.state = 13};
  std::vector<float> x = inputs();
  weight_columns columns{source, depth, outputs, step_x, step_y};

  /// Runs `net(numbers, result)`.
  template <class Net>
  [[nodiscard]] requantized_verdict check(Net net) const {
    requantized_verdict verdict;
    const std::vector<std::int8_t> expected = by_hand(verdict);
    std::vector<std::int8_t> found(expected.size());
    net(*this, std::span(found));
    verdict.compare(found, expected);
    return verdict;
  }

 private:
  [[nodiscard]] std::vector<float> inputs() {
    std::vector<float> v = source.floats(rows * depth, 2.0F);
    for (int i = 0; i < rows * depth; ++i) {
      float& e = v[static_cast<std::size_t>(i)];
      const int n = i % depth < 2 ? i % depth * 255 : source.one(0, 255);
      if (i / depth % 2 == 0) e = static_cast<float>(n - 100) * step_x;
    }
    return v;
  }
  struct quantized_row final {
    std::vector<std::uint8_t> values;
    float scale;
    int zero;
  };
  /// What dynamic_quantize<u8> is.
  static quantized_row quantize(std::span<const float> row) {
    const float low = std::min(*std::min_element(row.begin(), row.end()), 0.0F);
    const float high = std::max(*std::max_element(row.begin(), row.end()), 0.0F);
    quantized_row q{.values = {}, .scale = sum(high, -low) / 255, .zero = 0};
    requantized_verdict unmet;
    q.zero = quantized<std::uint8_t>({-(low / q.scale), 0}, 0, unmet);
    for (const float v : row) {
      q.values.push_back(quantized<std::uint8_t>({v / q.scale, 0}, q.zero, unmet));
    }
    return q;
  }
  [[nodiscard]] std::vector<std::int8_t> by_hand(requantized_verdict& met) const {
    std::vector<std::int8_t> result;
    for (std::size_t i = 0; i < rows; ++i) {
      const quantized_row a = quantize(std::span(x).subspan(i * depth, depth));
      for (std::size_t c = 0; c < outputs; ++c) {
        int total = 0, column = 0;
        for (std::size_t k = 0; k < depth; ++k) {
          total += a.values[k] * columns.w[k * outputs + c];
          column += columns.w[k * outputs + c];
        }
        const float scale = columns.scale[c];
        const float scaled = product(static_cast<float>(total), scale);
        const before_rounding y = before_rounding{scaled, scaled}.times_plus(
            a.zero, product(static_cast<float>(-column), scale));
        const auto finish = [&](float v) {
          return sum(product(v, a.scale), columns.bias[c]) / step_y;
        };
        result.push_back(quantized<std::int8_t>({finish(y.once), finish(y.twice)}, zero_y, met));
      }
    }
    return result;
  }
};

/// What every machine gives.
inline constexpr std::uint64_t requantized_rows_bits = 0xec59a7dcf4820273;

}  // namespace kiln::test
