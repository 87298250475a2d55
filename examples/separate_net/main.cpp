// SPDX-License-Identifier: MIT
// Uses a net whose header does not include kiln, from C++ and through its C functions.
#include "classifier.h"
#include "classifier.hpp"
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#ifdef KILN_INLINE
#  error "the small header includes kiln"
#endif

namespace {

std::vector<float> numbers(std::size_t n, std::uint32_t seed) {
  std::vector<float> v(n);
  for (auto& x : v) {
    seed = seed * 1664525U + 1013904223U;
    x = static_cast<float>(seed >> 8) / 8388608.0F - 1.0F;
  }
  return v;
}

/// rows of x times w plus b, in double.
std::vector<double> layer(const std::vector<double>& x,
                          const std::vector<float>& w,
                          const std::vector<float>& b) {
  const std::size_t n = b.size(), k = w.size() / n, m = x.size() / k;
  std::vector<double> y(m * n);
  for (std::size_t i = 0; i < m * n; ++i) {
    y[i] = static_cast<double>(b[i % n]);
    for (std::size_t j = 0; j < k; ++j) {
      y[i] += x[i / n * k + j] * static_cast<double>(w[j * n + i % n]);
    }
  }
  return y;
}

}  // namespace

int main() {
  const auto w1 = numbers(64 * 32, 1), b1 = numbers(32, 2);
  const auto w2 = numbers(32 * 10, 3), b2 = numbers(10, 4);
  const std::size_t n = 7;
  const auto images = numbers(n * 64, 5);

  classifier made({.w1 = w1, .b1 = b1, .w2 = w2, .b2 = b2});
  classifier net(std::move(made));  // what is packed stays in place
  std::vector<float> scores(n * 10);
  net.run(images, scores);

  classifier_c* const c = classifier_create(w1.data(), b1.data(), w2.data(), b2.data());
  std::vector<float> from_c(n * 10);
  const int status = classifier_run(c, images.data(), n, from_c.data());
  const int refused = classifier_run(c, images.data(), 257, from_c.data());
  classifier_destroy(c);

  auto hidden = layer({images.begin(), images.end()}, w1, b1);
  for (double& h : hidden) h = h > 0 ? h : 0;
  const auto expected = layer(hidden, w2, b2);
  double worst = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    worst = std::fmax(worst, std::fabs(expected[i] - static_cast<double>(scores[i])));
  }
  const bool right = worst < 1e-4 && status == 0 && refused == 1 && from_c == scores;
  std::printf(
      "%zu scores, largest error %.2g: %s\n", scores.size(), worst, right ? "right" : "WRONG");
  return right ? 0 : 1;
}
