// SPDX-License-Identifier: MIT
// Weights, an input and the right answer for one net, shared by everybody who computes it.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/tensor/buffer.hpp>

#include <algorithm>
#include <bench/common/measure.hpp>
#include <bench/model/mlp.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// A number between -1 and 1; the seed moves on.
inline float random_float(unsigned& seed) {
  seed = seed * 1664525U + 1013904223U;
  return static_cast<float>(seed >> 8) / 8388608.0F - 1.0F;
}

/// Memory of `elems` floats between -scale and scale, always the same for a seed; aligned to 64.
inline std::span<float> random_floats(std::vector<kiln::tensor::buffer>& owner,
                                      std::size_t elems,
                                      unsigned seed,
                                      float scale = 1) {
  owner.emplace_back(elems * sizeof(float));
  auto* const data = reinterpret_cast<float*>(owner.back().data());
  for (std::size_t i = 0; i < elems; ++i) data[i] = random_float(seed) * scale;
  return {data, elems};
}

/// Numbers of an element type, aligned to 64, and what they are in double.
class numbers final {
 public:
  numbers() = default;
  numbers(dtype element, std::size_t elems)
      : element_(element),
        memory_(elems * size_of(element)),
        elems_(elems) {}

  [[nodiscard]] void* data() const { return const_cast<std::byte*>(memory_.data()); }
  [[nodiscard]] std::size_t size() const { return elems_; }
  [[nodiscard]] double operator[](std::size_t i) const {
    const auto* const at = static_cast<const char*>(data()) + i * size_of(element_);
    if (element_ == dtype::u8) return static_cast<double>(static_cast<std::uint8_t>(*at));
    if (element_ == dtype::s8) return static_cast<double>(static_cast<std::int8_t>(*at));
    if (element_ == dtype::bf16) return double{to_float(loaded<kiln::core::bf16>(at))};
    return double{loaded<float>(at)};
  }
  /// The nearest number of the element type.
  void set(std::size_t i, double value) {
    auto* const at = static_cast<char*>(data()) + i * size_of(element_);
    if (element_ == dtype::u8) {
      store(at, static_cast<std::uint8_t>(std::clamp(std::nearbyint(value), 0.0, 255.0)));
    } else if (element_ == dtype::s8) {
      store(at, static_cast<std::int8_t>(std::clamp(std::nearbyint(value), -128.0, 127.0)));
    } else if (element_ == dtype::bf16) {
      store(at, kiln::core::to_bf16(static_cast<float>(value)));
    } else {
      store(at, static_cast<float>(value));
    }
  }
  /// As a weight of kiln.
  [[nodiscard]] kiln::tensor::memory memory() const {
    kiln::tensor::memory m{};
    m.data = data();
    m.element = element_;
    m.elems = static_cast<std::int64_t>(elems_);
    return m;
  }

 private:
  template <class T>
  static T loaded(const char* at) {
    T x{};
    std::memcpy(&x, at, sizeof x);
    return x;
  }
  template <class T>
  static void store(char* at, T x) {
    std::memcpy(at, &x, sizeof x);
  }

  dtype element_ = dtype::f32;
  kiln::tensor::buffer memory_{0};
  std::size_t elems_ = 0;
};

/// The data of a net.
class mlp_data final {
 public:
  /// What a layer computes with.
  struct layer_data final {
    numbers w, bias, scale;  // scale: of integers only
  };

  explicit mlp_data(mlp described)
      : model(std::move(described)) {
    const auto batch = static_cast<std::size_t>(model.batch);
    x = numbers(model.element, batch * width(0));
    y = numbers(model.element, batch * width(model.layers()));
    unsigned seed = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x.set(i, is_integer() ? 127.5 + 127.5 * random_float(seed) : random_float(seed));
    }
    expected_.assign(x.size(), 0);
    for (std::size_t i = 0; i < x.size(); ++i) expected_[i] = x[i];
    layers.reserve(model.layers());
    for (std::size_t i = 0; i < model.layers(); ++i) add_layer(i, seed);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string n = std::to_string(i + 1);
      weights["w" + n] = layers[i].w.memory();
      weights["b" + n] = layers[i].bias.memory();
      if (is_integer()) weights["s" + n] = layers[i].scale.memory();
    }
  }

  [[nodiscard]] std::size_t width(std::size_t layer) const {
    return static_cast<std::size_t>(model.widths[layer]);
  }
  [[nodiscard]] bool is_integer() const { return model.element == dtype::u8; }

  /// A contender that computes something else is not one. Integers may differ by what other
  /// orders of rounding do to three layers, bf16 by one in 64 of the largest number.
  void verify(const contender& c) const {
    std::memset(y.data(), 0xff, y.size() * size_of(model.element));
    c.run();
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double error = std::fabs(y[i] - expected_[i]);
      worst = error <= worst ? worst : error;  // NaN is the worst
      largest = std::max(largest, std::fabs(expected_[i]));
    }
    const double bound = is_integer() ? 3 : model.element == dtype::bf16 ? largest / 64 : 1e-4;
    if (worst <= bound) return;
    std::fprintf(stderr, "%s: %s is wrong by %g\n", model.name.c_str(), c.impl.c_str(), worst);
    std::exit(1);
  }

  mlp model;
  numbers x;  // [batch, width of the input]
  numbers y;  // [batch, width of the last layer]
  std::vector<layer_data> layers;
  named_weights weights;

 private:
  /// Makes a layer and computes what it does to expected_, rounding as the net rounds.
  void add_layer(std::size_t i, unsigned& seed) {
    const std::size_t k = width(i), n = width(i + 1);
    layer_data l{numbers(is_integer() ? dtype::s8 : model.element, k * n),
                 numbers(dtype::f32, n),
                 numbers(dtype::f32, is_integer() ? n : 0)};
    // Rows of which the squares sum to 1 keep the numbers' size from layer to layer.
    const double size = is_integer() ? 127.0 : std::sqrt(6.0 / static_cast<double>(k));
    for (std::size_t j = 0; j < k * n; ++j) l.w.set(j, random_float(seed) * size);
    for (std::size_t j = 0; j < n; ++j) l.bias.set(j, random_float(seed) * (is_integer() ? 8 : 1));
    std::vector<double> sums = product(l, k, n);
    if (is_integer()) scale(l, sums, i, seed);
    for (std::size_t j = 0; j < sums.size(); ++j) {
      double v = sums[j] * (is_integer() ? l.scale[j % n] : 1) + l.bias[j % n];
      if (model.behind(i) == mlp::function::relu) v = std::max(v, 0.0);
      if (model.behind(i) == mlp::function::sigmoid) {
        v = 1 / (1 + std::exp(-v)) * (is_integer() ? 255 : 1);
      }
      sums[j] = v;
    }
    numbers rounded(model.element, sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) rounded.set(j, sums[j]);
    expected_.resize(sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) expected_[j] = rounded[j];
    layers.push_back(std::move(l));
  }
  [[nodiscard]] std::vector<double> product(const layer_data& l,
                                            std::size_t k,
                                            std::size_t n) const {
    std::vector<double> w(k * n), sums;
    for (std::size_t j = 0; j < w.size(); ++j) w[j] = l.w[j];
    for (std::size_t row = 0; row < expected_.size(); row += k) {
      const std::size_t first = sums.size();
      sums.resize(first + n);
      for (std::size_t p = 0; p < k; ++p) {
        const double a = expected_[row + p];
        for (std::size_t j = 0; j < n; ++j) sums[first + j] += a * w[p * n + j];
      }
    }
    return sums;
  }
  /// Scales that bring the largest sum near the largest number; of a sigmoid's operand, near 4.
  void scale(layer_data& l, const std::vector<double>& sums, std::size_t i, unsigned& seed) const {
    double most = 1;
    for (const double s : sums) most = std::max(most, std::fabs(s));
    const bool relu = model.behind(i) == mlp::function::relu;
    for (std::size_t j = 0; j < l.scale.size(); ++j) {
      l.scale.set(j, (relu ? 240 : 4) / most * (1 + 0.05 * random_float(seed)));
      if (!relu) l.bias.set(j, l.bias[j] / 8);
    }
  }

  std::vector<double> expected_;
};

}  // namespace bench
