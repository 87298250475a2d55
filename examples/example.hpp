// SPDX-License-Identifier: MIT
// What the examples share: numbers to work on, and a comparison with kiln's reference interpreter.
#pragma once

#include <kiln/reference/interpret_graph.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// n numbers between -1 and 1, always the same for a seed.
inline std::vector<float> numbers(std::size_t n, std::uint32_t seed) {
  std::vector<float> v(n);
  for (auto& x : v) {
    seed = seed * 1664525U + 1013904223U;
    x = static_cast<float>(seed >> 8) / 8388608.0F - 1.0F;
  }
  return v;
}

/// The tensors of a net by name, for the reference.
using named_data = std::vector<std::pair<std::string, const std::vector<float>*>>;

/// 0 if `y` is within the derived error bound of what the f64 reference computes for Net, else 1.
template <class Net>
int compare(const named_data& given, const std::vector<float>& y) {
  const auto& g = Net::lowered;
  kiln::reference::inputs in;
  for (const auto& [name, data] : given) {
    for (int i = 0; i < g.size; ++i) {
      if (g[i].name != name) continue;
      std::vector<std::int64_t> extents;
      for (int k = 0; k < g[i].type.rank; ++k) extents.push_back(g[i].type[k].factor);
      in.tensors[name] = {extents, std::vector<double>(data->begin(), data->end())};
    }
  }
  const auto all = kiln::reference::interpret(g, in);
  const auto& expected = all.nodes[static_cast<std::size_t>(g.outputs[0].node)];
  double worst = 0, bound = 0;
  bool right = expected.value.size() == y.size();
  for (std::size_t i = 0; right && i < y.size(); ++i) {
    const double error = std::fabs(static_cast<double>(y[i]) - expected.value[i]);
    right = error <= expected.bound[i];
    worst = error > worst ? error : worst;
    bound = expected.bound[i] > bound ? expected.bound[i] : bound;
  }
  std::printf("%zu results, largest error %.2g, bound %.2g: %s\n",
              y.size(),
              worst,
              bound,
              right ? "right" : "WRONG");
  return right ? 0 : 1;
}

}  // namespace example
