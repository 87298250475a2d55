// SPDX-License-Identifier: MIT
// A service that runs anywhere: reads held-out digits with the best net that this machine has.
#include <kiln/io/safetensors.hpp>

#include "digits_net.hpp"
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t pixels = 64, classes = 10;

std::vector<float> load_images(const kiln::io::safetensors& file) {
  std::vector<float> images;
  for (const auto p : file.at("images").values<std::uint8_t>()) {
    images.push_back(static_cast<float>(p) / 16.0F);
  }
  return images;
}

/// In whole batches, the last one filled up with empty images.
std::size_t count_right(digits_net& net,
                        std::vector<float> images,
                        std::span<const std::uint8_t> labels) {
  const std::size_t batches = (labels.size() + batch - 1) / batch;
  images.resize(batches * batch * pixels);
  std::vector<float> scores(batches * batch * classes);
  for (std::size_t i = 0; i < batches * batch; i += batch) {
    net.run(std::span(images).subspan(i * pixels).first<batch * pixels>(),
            std::span(scores).subspan(i * classes).first<batch * classes>());
  }
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const float* const first = &scores[i * classes];
    right += std::max_element(first, first + classes) - first == labels[i] ? 1U : 0U;
  }
  return right;
}

/// The fastest of many calls' nanoseconds.
template <class Call>
double fastest(const Call& call) {
  using clock = std::chrono::steady_clock;
  constexpr int rounds = 200, repeats = 200;
  double best = 1e9;
  for (int r = 0; r < rounds; ++r) {
    const auto start = clock::now();
    for (int i = 0; i < repeats; ++i) call();
    const std::chrono::duration<double, std::nano> passed = clock::now() - start;
    best = std::min(best, passed.count() / repeats);
  }
  return best;
}

int run() {
  const std::string data = KILN_SOURCE_DIR "/examples/data/";
  const auto weights = kiln::io::load_safetensors(data + "digits.safetensors");
  const auto test = kiln::io::load_safetensors(data + "digits_test.safetensors");
  const auto floats = [&](const char* name) { return weights.at(name).values<float>(); };
  const auto w1 = floats("w1"), b1 = floats("b1"), w2 = floats("w2"), b2 = floats("b2");

  const digits_table& kernels = *digits_kernels();
  const std::unique_ptr<digits_net> net = kernels.make({.w1 = w1, .b1 = b1, .w2 = w2, .b2 = b2});
  const std::vector<float> images = load_images(test);
  const auto labels = test.at("labels").values<std::uint8_t>();
  const std::size_t right = count_right(*net, images, labels);
  const double accuracy = static_cast<double>(right) / static_cast<double>(labels.size());

  std::array<float, batch * classes> scores{};
  const auto some = std::span(images).first<batch * pixels>();
  std::printf("instruction set      %s\n", digits_kernels_isa());
  std::printf("accuracy             %zu of %zu, %.1f %%\n", right, labels.size(), accuracy * 100);
  std::printf("%zu images            %.0f ns\n", batch, fastest([&] { net->run(some, scores); }));
  std::printf("looking up the table %.1f ns, once a program is enough\n",
              fastest([] { static_cast<void>(digits_kernels()); }));
  return accuracy >= 0.96 ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::runtime_error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}
