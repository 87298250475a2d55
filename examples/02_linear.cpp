// SPDX-License-Identifier: MIT
// A linear layer: bias and activation run in the registers of the matmul.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(32_c, 64_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(64_c, 48_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(48_c);
constexpr auto y = kiln::gelu(kiln::matmul(x, w) + b);

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);

int main() {
  const auto x_data = example::numbers(32 * 64, 1);
  const auto w_data = example::numbers(64 * 48, 2);
  const auto b_data = example::numbers(48, 3);
  std::vector<float> y_data(32 * 48);

  const net::weights weights{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  net::context context{weights};
  context.run(net::view<"x">(x_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>({{"x", &x_data}, {"w", &w_data}, {"b", &b_data}}, y_data);
}
