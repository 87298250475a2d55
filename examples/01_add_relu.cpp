// SPDX-License-Identifier: MIT
// The first fusion: two operators become one pass over memory.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <iostream>
#include <vector>

using namespace kiln::literals;

constexpr auto a = kiln::input<"a", kiln::f32>(4_c, 100_c);
constexpr auto b = kiln::input<"b", kiln::f32>(100_c);
constexpr auto y = kiln::relu(a + b);

using net = kiln::compile<y>;
static_assert(net::groups == 1);         // add and relu run together
static_assert(net::scratch_bytes == 0);  // nothing is kept in between

int main() {
  const auto a_data = example::numbers(400, 1);
  const auto b_data = example::numbers(100, 2);
  std::vector<float> y_data(400);

  const net::weights none{};
  net::context context{none};
  context.run(net::view<"a">(a_data), net::view<"b">(b_data), net::view<"y">(y_data));

  std::cout << kiln::explain<net>();
  return example::compare<net>({{"a", &a_data}, {"b", &b_data}}, y_data);
}
