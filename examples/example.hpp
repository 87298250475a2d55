// SPDX-License-Identifier: MIT
// What the examples share: numbers to work on, and a comparison with kiln's reference interpreter.
#pragma once

#include <kiln/reference/interpret_graph.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
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

namespace detail {

/// The extents of a tensor of so many elements; an extent that only the run knows, one
/// at most, is what is left.
inline std::vector<std::int64_t> extents_of(const kiln::tensor::tensor_type& type,
                                            std::size_t elems) {
  std::vector<std::int64_t> extents;
  auto rest = static_cast<std::int64_t>(elems);
  for (int i = 0; i < type.rank; ++i) rest /= type[i].factor;
  for (int i = 0; i < type.rank; ++i) {
    extents.push_back(type[i].is_static() ? type[i].factor : type[i].factor * rest);
  }
  return extents;
}

/// What nets of this kind are off by at most where nobody can derive a bound, relative to their
/// largest result. Errors of many operators partly cancel, hence the root; one of f32 is mostly the
/// rounding of a long sum, one of 8 and 16 bits the step between two numbers.
template <class Graph>
double relative_limit(const Graph& g) {
  int operators = 0;
  bool coarse = false;
  for (int i = 0; i < g.size; ++i) {
    operators += g[i].count > 0 ? 1 : 0;
    coarse = coarse || (g[i].count > 0 && size_of(g[i].type.element) < 4);
  }
  return (coarse ? 0x1p-8 : 3e-5) * std::sqrt(static_cast<double>(operators));
}

/// How far results are off at most, the widest of their bounds, the largest result, and whether
/// each is within its own bound.
struct errors final {
  double worst = 0, bound = 0, largest = 0;
  bool bounded = true;
};
inline errors errors_of(const kiln::reference::tensor& expected, const std::vector<float>& y) {
  errors all{};
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = std::fabs(static_cast<double>(y[i]) - expected.value[i]);
    all.bounded = all.bounded && error <= expected.bound[i];  // false for NaN
    all.worst = std::max(all.worst, error);
    all.bound = std::max(all.bound, expected.bound[i]);
    all.largest = std::max(all.largest, std::fabs(expected.value[i]));
  }
  return all;
}

}  // namespace detail

/// 0 if `y` is within the derived error bound of what the f64 reference computes for Net, else 1.
/// A bound that is infinite or above 1 % of the largest result would let wrong results pass, as it
/// does for deep nets: there `y` has to be within detail::relative_limit.
template <class Net>
int compare(const named_data& given, const std::vector<float>& y) {
  const auto& g = Net::lowered;
  kiln::reference::inputs in;
  for (const auto& [name, data] : given) {
    for (int i = 0; i < g.size; ++i) {
      if (g[i].name != name) continue;
      in.tensors[name] = {detail::extents_of(g[i].type, data->size()),
                          std::vector<double>(data->begin(), data->end())};
    }
  }
  const auto all = kiln::reference::interpret(g, in);
  const auto& expected = all.nodes[static_cast<std::size_t>(g.outputs[0].node)];
  if (expected.value.size() != y.size()) {
    std::printf("%zu results instead of %zu: WRONG\n", y.size(), expected.value.size());
    return 1;
  }
  const detail::errors e = detail::errors_of(expected, y);
  const bool judges = e.largest == 0 || e.bound <= 0.01 * e.largest;
  const double limit = detail::relative_limit(g) * e.largest;
  const bool right = e.bounded && (judges || e.worst <= limit);
  std::printf("%zu results, largest error %.2g, bound %.2g", y.size(), e.worst, e.bound);
  if (!judges) std::printf(" too wide to judge, limit %.2g", limit);
  std::printf(": %s\n", right ? "right" : "WRONG");
  return right ? 0 : 1;
}

}  // namespace example
