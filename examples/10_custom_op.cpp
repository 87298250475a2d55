// SPDX-License-Identifier: MIT
// Operators of one's own: a function of numbers with a captured value, and one that works on whole
// vectors. Both are computed in the registers of the product in front of them.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>
#include <kiln/simd/math.hpp>

#include "example.hpp"
#include <cmath>
#include <iostream>
#include <type_traits>
#include <vector>

using namespace kiln::literals;

// A helper with another value at each use: the lambda's capture is part of the expression.
template <class X>
constexpr auto soft_shrink(X x, float by) {
  return kiln::map([by](float v) { return v > by ? v - by : v < -by ? v + by : 0.0F; }, x);
}

// v is one float, or as many as a register holds.
constexpr auto bell = [](auto v) {
  if constexpr (std::is_same_v<decltype(v), float>) {
    return std::exp(-(v * v));
  } else {
    return kiln::simd::exp(decltype(v)(0.0F) - v * v);
  }
};

constexpr auto x = kiln::input<"x", kiln::f32>(24_c, 40_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(40_c, 40_c);
constexpr auto both = soft_shrink(kiln::matmul(x, w), 0.25F) + soft_shrink(x * 2.0F, 1.0F);
constexpr auto y = kiln::map_vector(bell, both);

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::scratch_bytes == 0);  // nothing between the steps is stored

int main() {
  const auto x_data = example::numbers(24 * 40, 1), w_data = example::numbers(40 * 40, 2);
  std::vector<float> y_data(24 * 40);
  const net::weights weights{kiln::bind<"w">(w_data)};
  net::context context{weights};
  context.run(net::view<"x">(x_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>({{"x", &x_data}, {"w", &w_data}}, y_data);
}
