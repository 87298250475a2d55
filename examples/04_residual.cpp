// SPDX-License-Identifier: MIT
// A DAG, not a chain: a layer helper used twice, each time with its own weights and a residual.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

/// x + 0.5 relu(x w): the scope that calls it gives w its prefix.
constexpr auto block = [](auto x) {
  constexpr auto w = kiln::weight<"w", kiln::f32>(64_c, 64_c);
  return x + 0.5F * kiln::relu(kiln::matmul(x, w));
};

constexpr auto x = kiln::input<"x", kiln::f32>(16_c, 64_c);
constexpr auto y = kiln::scope<"second">(block, kiln::scope<"first">(block, x));

using net = kiln::compile<y>;
static_assert(net::groups == 1);

int main() {
  const auto x_data = example::numbers(16 * 64, 1);
  const auto first = example::numbers(64 * 64, 2), second = example::numbers(64 * 64, 3);
  std::vector<float> y_data(16 * 64);

  const net::weights weights{kiln::bind<"first.w">(first), kiln::bind<"second.w">(second)};
  net::context context{weights};
  context.run(net::view<"x">(x_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>({{"x", &x_data}, {"first.w", &first}, {"second.w", &second}},
                               y_data);
}
