// SPDX-License-Identifier: MIT
// Weights, an input and the right answer for one net, shared by everybody who computes it.
#pragma once

#include <kiln/tensor/buffer.hpp>

#include <algorithm>
#include <bench/common/measure.hpp>
#include <bench/model/mlp.hpp>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Memory of `elems` floats between -scale and scale, always the same for a seed; aligned to 64.
inline std::span<float> random_floats(std::vector<kiln::tensor::buffer>& owner,
                                      std::size_t elems,
                                      unsigned seed,
                                      float scale = 1) {
  owner.emplace_back(elems * sizeof(float));
  auto* const data = reinterpret_cast<float*>(owner.back().data());
  for (std::size_t i = 0; i < elems; ++i) {
    seed = seed * 1664525U + 1013904223U;
    data[i] = (static_cast<float>(seed >> 8) / 8388608.0F - 1.0F) * scale;
  }
  return {data, elems};
}

/// The data of a net.
class mlp_data final {
 public:
  explicit mlp_data(mlp described)
      : model(std::move(described)) {
    const auto batch = static_cast<std::size_t>(model.batch);
    x = random_floats(memory_, batch * width(0), 1);
    y = random_floats(memory_, batch * width(model.layers()), 2);
    for (std::size_t i = 0; i < model.layers(); ++i) {
      const auto seed = static_cast<unsigned>(2 * i + 3);
      // Rows of which the squares sum to 1 keep the numbers' size from layer to layer.
      const float scale = std::sqrt(6.0F / static_cast<float>(width(i)));
      weights["w" + std::to_string(i + 1)] =
          random_floats(memory_, width(i) * width(i + 1), seed, scale);
      weights["b" + std::to_string(i + 1)] = random_floats(memory_, width(i + 1), seed + 1);
    }
    expected_ = answer();
  }

  [[nodiscard]] std::size_t width(std::size_t layer) const {
    return static_cast<std::size_t>(model.widths[layer]);
  }
  [[nodiscard]] const float* w(std::size_t layer) const {
    return weights.at("w" + std::to_string(layer + 1)).data();
  }
  [[nodiscard]] const float* b(std::size_t layer) const {
    return weights.at("b" + std::to_string(layer + 1)).data();
  }

  /// A contender that computes something else is not one.
  void verify(const contender& c) const {
    std::fill(y.begin(), y.end(), std::numeric_limits<float>::quiet_NaN());
    c.run();
    double worst = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double error = std::fabs(double{y[i]} - expected_[i]);
      worst = error <= worst ? worst : error;  // NaN is the worst
    }
    if (worst < 1e-4) return;
    std::fprintf(stderr, "%s: %s is wrong by %g\n", model.name.c_str(), c.impl.c_str(), worst);
    std::exit(1);
  }

  mlp model;
  std::span<float> x;  // [batch, width of the input]
  std::span<float> y;  // [batch, width of the last layer]
  named_weights weights;

 private:
  [[nodiscard]] std::vector<double> answer() const {
    std::vector<double> in(x.begin(), x.end());
    for (std::size_t l = 0; l < model.layers(); ++l) {
      const std::size_t k = width(l), n = width(l + 1);
      std::vector<double> out;
      for (std::size_t row = 0; row < in.size(); row += k) {
        std::vector<double> sums(b(l), b(l) + n);
        for (std::size_t p = 0; p < k; ++p) {
          for (std::size_t j = 0; j < n; ++j) sums[j] += in[row + p] * double{w(l)[p * n + j]};
        }
        for (const double s : sums) out.push_back(model.has_relu(l) ? std::max(s, 0.0) : s);
      }
      in = std::move(out);
    }
    return in;
  }

  std::vector<kiln::tensor::buffer> memory_;
  std::vector<double> expected_;
};

}  // namespace bench
