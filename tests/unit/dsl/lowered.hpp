// SPDX-License-Identifier: MIT
// The graph of an expression as text, one line a node, for comparison with what is expected.
#pragma once

#include <kiln/dsl/lower.hpp>

#include <string>

namespace kiln_test {

template <std::size_t Capacity>
std::string text_of(const kiln::graph::graph<Capacity>& g) {
  std::string s;
  for (int i = 0; i < g.size; ++i) {
    s += std::string(g[i].facts().name);
    if (!g[i].name.empty()) s += " " + std::string(g[i].name);
    for (int j = 0; j < g[i].count; ++j) s += " " + std::to_string(g[i].operand(j));
    s += i + 1 < g.size ? "; " : " ->";
  }
  for (int i = 0; i < g.output_count; ++i) {
    const auto& output = g.outputs[static_cast<std::size_t>(i)];
    s += " " + std::string(output.name) + "=" + std::to_string(output.node);
  }
  return s;
}

/// lower(y) as text; y has static storage.
template <class Y>
std::string lowered(const Y& y) {
  return text_of(kiln::dsl::lower(y));
}

}  // namespace kiln_test
