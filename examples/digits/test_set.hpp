// SPDX-License-Identifier: MIT
// The held-out images of handwritten digits, how many of them a net reads, and how fast.
#pragma once

#include <kiln/io/safetensors.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace digits {

inline constexpr std::size_t pixels = 64, classes = 10;

/// The held-out images as the net wants them, and what they show.
struct test_set final {
  std::vector<float> images;
  std::vector<std::uint8_t> labels;
  [[nodiscard]] std::span<const float, pixels> image(std::size_t i) const {
    return std::span<const float, pixels>(&images[i * pixels], pixels);
  }
};

/// @errors  run time: kiln::error for a file that is not as it should be
inline test_set load_images(const std::string& path) {
  const auto file = kiln::io::load_safetensors(path);
  test_set set;
  for (const auto p : file.at("images").values<std::uint8_t>()) {
    set.images.push_back(static_cast<float>(p) / 16.0F);
  }
  const auto labels = file.at("labels").values<std::uint8_t>();
  set.labels.assign(labels.begin(), labels.end());
  return set;
}

inline std::size_t largest(std::span<const float> scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

/// How many images, from number `first` on, a net reads as what was written.
template <class Net, class Context>
std::size_t count_right(const test_set& test, Context& context, std::size_t first = 0) {
  std::array<float, classes> scores{};
  std::size_t right = 0;
  for (std::size_t i = first; i < test.labels.size(); ++i) {
    context.run(Net::template view<"x">(test.image(i)), Net::template view<"y">(scores));
    right += largest(scores) == test.labels[i] ? 1U : 0U;
  }
  return right;
}

/// Nanoseconds a call of several contenders, measured in turns; medians.
template <class... Calls>
std::array<double, sizeof...(Calls)> time_in_turns(const Calls&... calls) {
  constexpr int rounds = 301, repeats = 200;
  std::array<std::vector<double>, sizeof...(Calls)> times;
  for (int r = 0; r < rounds; ++r) {
    std::size_t who = 0;
    const auto one = [&](const auto& call) {
      call();
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < repeats; ++i) call();
      const std::chrono::duration<double, std::nano> passed =
          std::chrono::steady_clock::now() - start;
      times[who++].push_back(passed.count() / repeats);
    };
    (one(calls), ...);
  }
  std::array<double, sizeof...(Calls)> medians{};
  for (std::size_t i = 0; i < medians.size(); ++i) {
    std::nth_element(times[i].begin(), times[i].begin() + rounds / 2, times[i].end());
    medians[i] = times[i][rounds / 2];
  }
  return medians;
}

}  // namespace digits
