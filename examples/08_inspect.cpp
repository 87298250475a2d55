// SPDX-License-Identifier: MIT
// Everything the compiler decided, printed: the graph after every pass, the plan after every move.
#include <kiln/graph/describe.hpp>
#include <kiln/kiln.hpp>
#include <kiln/plan/describe.hpp>

#include "example.hpp"
#include <iostream>
#include <utility>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(8_c, 16_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(16_c, 24_c);
constexpr auto scaled = kiln::matmul(x, w) * 1.0F;           // simplify drops the factor
constexpr auto y = kiln::relu(scaled) + kiln::relu(scaled);  // merge_equal finds one relu

using net = kiln::compile<y>;
static_assert(net::graph.size < net::lowered.size && net::groups == 1);

template <std::size_t... I>
void print_passes(std::index_sequence<I...>) {
  std::cout << "as written:\n" << kiln::graph::describe(net::lowered);
  ((std::cout << "\nafter " << net::passes.names[I] << ":\n"
              << kiln::graph::describe(net::graph_after<I + 1>())),
   ...);
}
template <std::size_t... I>
void print_moves(std::index_sequence<I...>) {
  std::cout << "\ntrivial plan:\n" << kiln::plan::describe(net::trivial_plan);
  ((std::cout << "\nafter " << net::moves.names[I] << ":\n"
              << kiln::plan::describe(net::plan_after<I + 1>())),
   ...);
}

int main() {
  print_passes(std::make_index_sequence<net::passes.size>{});
  print_moves(std::make_index_sequence<net::moves.size>{});

  const auto x_data = example::numbers(8 * 16, 1), w_data = example::numbers(16 * 24, 2);
  std::vector<float> y_data(8 * 24);
  const net::weights weights{kiln::bind<"w">(w_data)};
  net::context context{weights};
  context.run(net::view<"x">(x_data), net::view<"y">(y_data));
  return example::compare<net>({{"x", &x_data}, {"w", &w_data}}, y_data);
}
