// SPDX-License-Identifier: MIT
// Convolution, batch norm and relu: the norm is folded into the weights at bind.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

constexpr auto image = kiln::input<"image", kiln::f32>(1_c, 14_c, 14_c, 16_c);  // NHWC
constexpr auto w = kiln::weight<"w", kiln::f32>(3_c, 3_c, 16_c, 32_c);          // [r, s, c, f]
constexpr auto scale = kiln::weight<"scale", kiln::f32>(32_c);
constexpr auto shift = kiln::weight<"shift", kiln::f32>(32_c);
constexpr auto mean = kiln::weight<"mean", kiln::f32>(32_c);
constexpr auto variance = kiln::weight<"variance", kiln::f32>(32_c);
constexpr auto y = kiln::relu(kiln::batch_norm(
    kiln::conv2d<kiln::window{.pad = kiln::same}>(image, w), scale, shift, mean, variance, 1e-3F));

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);

int main() {
  const auto image_data = example::numbers(14 * 14 * 16, 1),
             w_data = example::numbers(9 * 16 * 32, 2);
  const auto scale_data = example::numbers(32, 3), shift_data = example::numbers(32, 4);
  const auto mean_data = example::numbers(32, 5);
  auto variance_data = example::numbers(32, 6);
  for (auto& x : variance_data) x = 1.5F + x;
  std::vector<float> y_data(14 * 14 * 32);

  const net::weights weights{kiln::bind<"w">(w_data),
                             kiln::bind<"scale">(scale_data),
                             kiln::bind<"shift">(shift_data),
                             kiln::bind<"mean">(mean_data),
                             kiln::bind<"variance">(variance_data)};
  net::context context{weights};
  context.run(net::view<"image">(image_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>({{"image", &image_data},
                                {"w", &w_data},
                                {"scale", &scale_data},
                                {"shift", &shift_data},
                                {"mean", &mean_data},
                                {"variance", &variance_data}},
                               y_data);
}
