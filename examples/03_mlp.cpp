// SPDX-License-Identifier: MIT
// A two-layer net: described, compiled, bound, run.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

static const auto w1_data = example::numbers(64 * 128, 1), b1_data = example::numbers(128, 2);
static const auto w2_data = example::numbers(128 * 10, 3), b2_data = example::numbers(10, 4);

// [readme]
using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(32_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 128_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(128_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(128_c, 10_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(10_c);
constexpr auto y = kiln::softmax(kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2);

using net = kiln::compile<y>;  // the passes run inside the C++ compiler
static_assert(net::groups == 1 && net::scratch_bytes <= 32_KiB);  // one loop over row blocks

void classify(const std::vector<float>& images, std::vector<float>& classes) {
  static const net::weights weights{kiln::bind<"w1">(w1_data),
                                    kiln::bind<"b1">(b1_data),
                                    kiln::bind<"w2">(w2_data),
                                    kiln::bind<"b2">(b2_data)};
  net::context context{weights};                                 // scratch: one run at a time
  context.run(net::view<"x">(images), net::view<"y">(classes));  // no allocation, no lock
}
// [readme]

int main() {
  const auto images = example::numbers(32 * 64, 5);
  std::vector<float> classes(32 * 10);
  classify(images, classes);

  std::cout << kiln::explain<net>();
  return example::compare<net>(
      {{"x", &images}, {"w1", &w1_data}, {"b1", &b1_data}, {"w2", &w2_data}, {"b2", &b2_data}},
      classes);
}
