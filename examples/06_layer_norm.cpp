// SPDX-License-Identifier: MIT
// A norm after a matmul: the rows are normalised while they are hot.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(48_c, 32_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(32_c, 96_c);
constexpr auto scale = kiln::weight<"scale", kiln::f32>(96_c);
constexpr auto shift = kiln::weight<"shift", kiln::f32>(96_c);
constexpr auto y = kiln::layer_norm(kiln::matmul(x, w), scale, shift, 1e-5F);

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);  // the product lives in block scratch

int main() {
  const auto x_data = example::numbers(48 * 32, 1), w_data = example::numbers(32 * 96, 2);
  const auto scale_data = example::numbers(96, 3), shift_data = example::numbers(96, 4);
  std::vector<float> y_data(48 * 96);

  const net::weights weights{
      kiln::bind<"w">(w_data), kiln::bind<"scale">(scale_data), kiln::bind<"shift">(shift_data)};
  net::context context{weights};
  context.run(net::view<"x">(x_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>(
      {{"x", &x_data}, {"w", &w_data}, {"scale", &scale_data}, {"shift", &shift_data}}, y_data);
}
