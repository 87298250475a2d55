// SPDX-License-Identifier: MIT
// Reads handwritten digits: loads weights and held-out images, shows some, counts what is right,
// does the same on 8-bit integers, whose ranges other images have measured, and times one image
// against Eigen.
#include <kiln/calibrate.hpp>
#include <kiln/explain.hpp>
#include <kiln/io/safetensors.hpp>
#include <kiln/kiln.hpp>

#include "eigen_digits.hpp"
#include "picture.hpp"
#include "test_set.hpp"
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(1_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 64_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(64_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(64_c, 10_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(10_c);
constexpr auto y = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2;

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);

// The same expression on 8-bit integers; what its ranges are, the observing net measures.
using int8_net = kiln::compile<y, kiln::in_int8>;
using observing_net = kiln::compile<y, kiln::observing>;
static_assert(int8_net::groups == 1 && int8_net::materialized == 0);

namespace {

using namespace digits;

/// Some images with what the net reads.
template <class Net>
void show_some(const test_set& test, typename Net::context& context) {
  std::array<float, classes> scores{};
  const auto predict = [&](std::size_t i) {
    context.run(Net::template view<"x">(test.image(i)), Net::template view<"y">(scores));
    return largest(scores);
  };
  std::puts("Some of the held-out images, what the net reads, and what was written:\n");
  for (std::size_t i = 0; i < 24; i += 6) {
    std::array<digits::caption, 6> captions{};
    for (std::size_t k = 0; k < 6; ++k)
      captions[k] = {test.image(i + k), predict(i + k), test.labels[i + k]};
    digits::print_row(captions);
  }
}

/// The first images calibrate; accuracy is counted over the others.
constexpr std::size_t samples_taken = 100;

/// The least and the greatest number that enters each product, over the samples.
std::vector<float> measure_ranges(const kiln::io::safetensors& file, const test_set& test) {
  const observing_net::weights weights{file};
  std::vector<std::span<const float, pixels>> samples;
  for (std::size_t i = 0; i < samples_taken; ++i) samples.push_back(test.image(i));
  std::array<float, classes> scores{};
  return kiln::calibrate<observing_net>(
      weights, samples, [&](auto& context, const auto& image, const auto& ranges) {
        context.run(observing_net::view<"x">(image), observing_net::view<"y">(scores), ranges);
      });
}

int run() {
  const std::string data = KILN_SOURCE_DIR "/examples/data/";
  const auto file = kiln::io::load_safetensors(data + "digits.safetensors");
  const test_set test = load_images(data + "digits_test.safetensors");

  const net::weights weights{file};
  net::context context{weights};
  std::array<float, classes> scores{};
  show_some<net>(test, context);
  const auto ranges = measure_ranges(file, test);
  const int8_net::weights int8_weights{kiln::with_ranges(file, ranges)};
  int8_net::context int8_context{int8_weights};
  const std::size_t unseen = test.labels.size() - samples_taken;
  const auto images = static_cast<double>(unseen);
  const std::size_t right = count_right<net>(test, context, samples_taken);
  const std::size_t int8_right = count_right<int8_net>(test, int8_context, samples_taken);
  const double accuracy = static_cast<double>(right) / images;
  const double drop = accuracy - static_cast<double>(int8_right) / images;
  std::printf(
      "accuracy: %zu of %zu held-out images, %.1f %%; on 8-bit integers %zu, %.1f %%\n"
      "(without the first %zu, which measured the ranges of the integers)\n\n",
      right,
      unseen,
      accuracy * 100,
      int8_right,
      (accuracy - drop) * 100,
      samples_taken);

  std::cout << kiln::explain<net>() << '\n'
            << "on 8-bit integers:\n"
            << kiln::explain<int8_net>() << '\n';

  const digits::fixed_net fixed(file);
  const digits::dynamic_net dynamic(file);
  const net::arguments arguments{net::view<"x">(test.image(0)), net::view<"y">(scores)};
  std::array<float, classes> eigen_scores{}, int8_scores{};
  const int8_net::arguments int8_arguments{int8_net::view<"x">(test.image(0)),
                                           int8_net::view<"y">(int8_scores)};
  const auto [ours, int8_ns, fixed_ns, dynamic_ns] =
      time_in_turns([&] { context.run(arguments); },
                    [&] { int8_context.run(int8_arguments); },
                    [&] { fixed.run(test.image(0).data(), eigen_scores.data()); },
                    [&] { dynamic.run(test.image(0).data(), eigen_scores.data()); });
  std::printf("one image, one thread, medians measured in turns:\n");
  std::printf("  kiln                 %7.0f ns\n", ours);
  std::printf("  kiln, 8-bit integers %7.0f ns   %.1fx\n", int8_ns, int8_ns / ours);
  std::printf("  Eigen, fixed size    %7.0f ns   %.1fx\n", fixed_ns, fixed_ns / ours);
  std::printf("  Eigen, dynamic size  %7.0f ns   %.1fx\n", dynamic_ns, dynamic_ns / ours);

  double apart = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    apart = std::max(
        apart, std::abs(static_cast<double>(scores[k]) - static_cast<double>(eigen_scores[k])));
  }
  std::printf("largest difference to Eigen's scores: %.2g\n", apart);
  return accuracy >= 0.96 && drop < 0.005 && apart < 1e-4 ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const kiln::error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
