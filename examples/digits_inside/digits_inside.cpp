// SPDX-License-Identifier: MIT
// Reads handwritten digits with nets whose weights are part of the program: packed by the compiler,
// in read-only memory. No file of weights is opened, nothing is packed when the program starts.
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include "../digits/test_set.hpp"
#include "digits_weights.hpp"
#include <array>
#include <cstdio>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(1_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 64_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(64_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(64_c, 10_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(10_c);
constexpr auto y = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2;

// What enters each product, as calibration measured it.
constexpr std::array<std::array<float, 2>, 2> ranges{{{0.0F, 1.0F}, {0.0F, 8.0F}}};

using net = kiln::compile<y>;
using int8_net = kiln::compile<y, kiln::in_int8_with<ranges>>;

constexpr auto packed = net::pack(kiln::bind<"w1", digits::w1>(),
                                  kiln::bind<"b1", digits::b1>(),
                                  kiln::bind<"w2", digits::w2>(),
                                  kiln::bind<"b2", digits::b2>());
// Quantised by the compiler, from the same numbers.
constexpr auto int8_packed = int8_net::pack(kiln::bind<"w1", digits::w1>(),
                                            kiln::bind<"b1", digits::b1>(),
                                            kiln::bind<"w2", digits::w2>(),
                                            kiln::bind<"b2", digits::b2>());

namespace {

template <class Net>
double show(const char* name, const typename Net::packed& weights, const digits::test_set& test) {
  typename Net::stack_context context{weights};
  const std::size_t right = digits::count_right<Net>(test, context);
  const double accuracy = static_cast<double>(right) / static_cast<double>(test.labels.size());
  std::array<float, digits::classes> scores{};
  const typename Net::arguments arguments{Net::template view<"x">(test.image(0)),
                                          Net::template view<"y">(scores)};
  const auto [ns] = digits::time_in_turns([&] { context.run(arguments); });
  std::printf("%-16s %zu of %zu held-out images, %.1f %%; %.0f ns an image; %zu bytes of weights\n",
              name,
              right,
              test.labels.size(),
              accuracy * 100,
              ns,
              Net::packed_bytes);
  return accuracy;
}

int run() {
  const auto test = digits::load_images(KILN_SOURCE_DIR "/examples/data/digits_test.safetensors");
  const double accuracy = show<net>("f32:", packed, test);
  const double int8_accuracy = show<int8_net>("8-bit integers:", int8_packed, test);
  return accuracy >= 0.96 && accuracy - int8_accuracy < 0.005 ? 0 : 1;
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
