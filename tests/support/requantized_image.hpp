// SPDX-License-Identifier: MIT
// The numbers of a quantised convolution with a residual, and the same as plain loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <support/requantized.hpp>
#include <vector>

namespace kiln::test {

/// 3 x 3 windows with strides over images whose zero is 114, within a border of what stands for 0;
/// the image that is added has a scale and a zero point of its own.
struct requantized_image final {
  static constexpr int images = 2, height = 9, width = 8, channels = 16, filters = 21;
  static constexpr int down = 2, across = 1;  // strides
  static constexpr int out_height = 5, out_width = 8;
  static constexpr int results = images * out_height * out_width * filters;
  static constexpr float step_x = 0x1p-6F, step_y = 0x1.8p-5F, step_beside = step_y / 6;
  static constexpr int zero_x = 114, zero_beside = -7, zero_y = 3;

  integer_source source{.state = 11};
  std::vector<std::uint8_t> x =
      source.several<std::uint8_t>(images * height * width * channels, 0, 255);
  weight_columns taps{source, 9 * channels, filters, step_x, step_y};
  std::vector<std::int8_t> beside = source.several<std::int8_t>(results, -128, 127);

  /// Runs `net(numbers, result)`.
  template <class Net>
  [[nodiscard]] requantized_verdict check(Net net) const {
    requantized_verdict verdict;
    const std::vector<std::uint8_t> expected = by_hand(verdict);
    std::vector<std::uint8_t> found(results);
    net(*this, std::span(found));
    verdict.compare(found, expected);
    return verdict;
  }

 private:
  struct sums final {
    int of_products = 0;
    int of_weights = 0;  // of those that lie over the image
  };
  [[nodiscard]] sums window(int image, int row, int column, int filter) const {
    sums s;
    for (int r = 0; r < 3; ++r) {
      for (int q = 0; q < 3; ++q) {
        const int h = row * down + r - 1, w = column * across + q - 1;
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        for (int c = 0; c < channels; ++c) {
          const int at = ((image * height + h) * width + w) * channels + c;
          const int tap =
              taps.w[static_cast<std::size_t>(((r * 3 + q) * channels + c) * filters + filter)];
          s.of_products += x[static_cast<std::size_t>(at)] * tap;
          s.of_weights += tap;
        }
      }
    }
    return s;
  }
  [[nodiscard]] std::vector<std::uint8_t> by_hand(requantized_verdict& met) const {
    std::vector<std::uint8_t> result;
    for (int i = 0; i < results; ++i) {
      const int f = i % filters, column = i / filters % out_width;
      const int row = i / (filters * out_width) % out_height;
      const sums s = window(i / (filters * out_width * out_height), row, column, f);
      const auto n = static_cast<std::size_t>(f);
      const float scale = product(taps.scale[n], step_x);
      const float offset = product(static_cast<float>(-s.of_weights * zero_x), scale);
      const float shift = sum(offset, taps.bias[n]) / step_y;
      const auto other = static_cast<float>(beside[static_cast<std::size_t>(i)] - zero_beside);
      const before_rounding y = before_rounding{shift, shift}
                                    .times_plus(s.of_products, scale / step_y)
                                    .plus(product(other, step_beside / step_y));
      result.push_back(quantized<std::uint8_t>(y.relu(), zero_y, met));
    }
    return result;
  }
};

/// What every machine gives.
inline constexpr std::uint64_t requantized_image_bits = 0xdae503f7118da306;

}  // namespace kiln::test
