// SPDX-License-Identifier: MIT
// A pass of one's own, behind kiln's: the exact GELU, which needs erf, becomes the one with tanh.
#include <kiln/explain.hpp>
#include <kiln/graph/query.hpp>
#include <kiln/kiln.hpp>
#include <kiln/op/gelu_erf.hpp>
#include <kiln/op/gelu_tanh.hpp>
#include <kiln/pass/optimize.hpp>

#include "example.hpp"
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string_view>
#include <vector>

using namespace kiln::literals;

// From graph to graph, a pure function with a name. Rules see nodes in order, operands first.
struct cheaper_gelu {
  static constexpr std::string_view name = "cheaper_gelu";
  template <std::size_t N>
  constexpr kiln::graph::graph<N> operator()(const kiln::graph::graph<N>& g) const {
    return kiln::graph::rewrite(g, [](auto& out, kiln::graph::node& n) {
      if (!n.is<kiln::op::gelu_erf_op>()) return kiln::graph::keep;
      return out.template become<kiln::op::gelu_tanh_op>(n, {n.operand(0)});
    });
  }
};
struct with_cheaper_gelu : kiln::settings {
  static constexpr auto passes = kiln::pass::optimize.then(cheaper_gelu{});
};

constexpr auto x = kiln::input<"x", kiln::f32>(16_c, 32_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(32_c, 48_c);
constexpr auto y = kiln::gelu(kiln::matmul(x, w));

using exact = kiln::compile<y>;
using cheap = kiln::compile<y, with_cheaper_gelu>;
static_assert(kiln::graph::count<kiln::op::gelu_erf_op>(exact::graph) == 1);
static_assert(kiln::graph::count<kiln::op::gelu_tanh_op>(cheap::graph) == 1);

template <class Net>
std::vector<float> run(const std::vector<float>& x_data, const std::vector<float>& w_data) {
  std::vector<float> y_data(16 * 48);
  const typename Net::weights weights{kiln::bind<"w">(w_data)};
  typename Net::context context{weights};
  context.run(Net::template view<"x">(x_data), Net::template view<"y">(y_data));
  return y_data;
}

int main() {
  const auto x_data = example::numbers(16 * 32, 1), w_data = example::numbers(32 * 48, 2);
  const auto a = run<exact>(x_data, w_data), b = run<cheap>(x_data, w_data);
  float apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) apart = std::fmax(apart, std::fabs(a[i] - b[i]));

  std::cout << kiln::explain<cheap>();
  std::printf("the two GELUs are at most %.1e apart here\n", static_cast<double>(apart));
  // The two functions differ by less than 5e-4 everywhere, and by more than roundings do.
  const bool right = apart > 1e-6F && apart < 5e-4F;
  return right ? example::compare<exact>({{"x", &x_data}, {"w", &w_data}}, a) : 1;
}
