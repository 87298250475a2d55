// SPDX-License-Identifier: MIT
// Attention: batched matmuls with a scale and a mask, softmax over whole rows.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

constexpr auto q = kiln::input<"q", kiln::f32>(2_c, 4_c, 24_c, 16_c);  // [b, heads, q, d]
constexpr auto k = kiln::input<"k", kiln::f32>(2_c, 4_c, 40_c, 16_c);  // [b, heads, t, d]
constexpr auto v = kiln::input<"v", kiln::f32>(2_c, 4_c, 40_c, 16_c);  // [b, heads, t, d]
constexpr auto mask = kiln::input<"mask", kiln::f32>(2_c, 1_c, 1_c, 40_c);
constexpr auto scores = kiln::matmul(q, kiln::transpose<0, 1, 3, 2>(k)) * 0.25F + mask;
constexpr auto y = kiln::matmul(kiln::softmax(scores), v);

using net = kiln::compile<y>;

int main() {
  const auto q_data = example::numbers(2 * 4 * 24 * 16, 1);
  const auto k_data = example::numbers(2 * 4 * 40 * 16, 2);
  const auto v_data = example::numbers(2 * 4 * 40 * 16, 3);
  const auto mask_data = example::numbers(2 * 40, 4);
  std::vector<float> y_data(2 * 4 * 24 * 16);

  const net::weights none{};
  net::context context{none};
  context.run(net::view<"q">(q_data),
              net::view<"k">(k_data),
              net::view<"v">(v_data),
              net::view<"mask">(mask_data),
              net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>(
      {{"q", &q_data}, {"k", &k_data}, {"v", &v_data}, {"mask", &mask_data}}, y_data);
}
