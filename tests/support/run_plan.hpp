// SPDX-License-Identifier: MIT
// Runs the emitted code of a net on random numbers and compares with the f64 meaning of its graph.
#pragma once

#include <kiln/codegen/emit.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/reference/interpret_graph.hpp>
#include <kiln/tensor/buffer.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <support/element_bytes.hpp>
#include <vector>

namespace kiln::test {

/// What a net needs to run once: numbers for its sources, memory for its results.
template <class Net>
class plan_runner final {
 public:
  explicit plan_runner(unsigned seed)
      : packed_(bytes(Net::plan.packed_bytes)),
        scratch_(bytes(Net::plan.scratch_bytes)) {
    const auto& g = Net::graph;
    std::mt19937 engine(seed);
    numbers_.resize(static_cast<std::size_t>(g.size));
    for (int i = 0; i < g.size; ++i) {
      if (!g[i].template is<op::input_op>() && !g[i].template is<op::weight_op>()) continue;
      const auto element = g[i].type.element;
      const std::size_t elems = static_cast<std::size_t>(g[i].type.elems().factor);
      auto& mine = numbers_[static_cast<std::size_t>(i)];
      mine.resize(elems * size_of(element));
      std::vector<double> values(elems);
      for (std::size_t e = 0; e < elems; ++e) {
        values[e] = random_element(element, engine);
        write_element(element, mine.data() + e * size_of(element), values[e]);
      }
      auto& bound = g[i].template is<op::input_op>() ? arguments_ : weights_;
      bound.resize(std::max(bound.size(), static_cast<std::size_t>(g[i].slot) + 1));
      bound[static_cast<std::size_t>(g[i].slot)] = {mine.data(), row_stride(g[i].type)};
      std::vector<std::int64_t> extents;
      for (int k = 0; k < g[i].type.rank; ++k) extents.push_back(g[i].type[k].factor);
      given_.tensors[std::string(g[i].name)] = {extents, std::move(values)};
    }
    for (int o = 0; o < g.output_count; ++o) {
      const auto& type = g[g.outputs[static_cast<std::size_t>(o)].node].type;
      elements_.push_back(type.element);
      outputs_.emplace_back(static_cast<std::size_t>(type.elems().factor) * size_of(type.element));
      results_.push_back({outputs_.back().data(), row_stride(type)});
    }
    const tensor::buffer scratch(bytes(Net::plan.prepare_scratch_bytes));
    codegen::frame f = frame_with(scratch);
    codegen::emitter<Net>::prepare(f);
  }

  void run() {
    codegen::frame f = frame_with(scratch_);
    codegen::emitter<Net>::run(f);
  }

  /// Every result within the bound of the reference.
  void check() {
    const auto all = reference::interpret(Net::graph, given_);
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
      const auto& expected = all.nodes[static_cast<std::size_t>(Net::graph.outputs[o].node)];
      const std::vector<double> actual = output(o);
      REQUIRE(expected.value.size() == actual.size());
      double worst = 0;
      for (std::size_t i = 0; i < actual.size(); ++i) {
        const double error = std::fabs(actual[i] - expected.value[i]);
        worst = std::max(worst, error / std::max(expected.bound[i], 1e-30));
      }
      CHECK(worst <= 1.0);
    }
  }

  [[nodiscard]] const reference::inputs& given() const { return given_; }
  [[nodiscard]] std::vector<double> output(std::size_t o) const {
    const std::size_t bytes_each = size_of(elements_[o]);
    std::vector<double> values(outputs_[o].size() / bytes_each);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = read_element(elements_[o], outputs_[o].data() + i * bytes_each);
    }
    return values;
  }

 private:
  static std::size_t bytes(std::int64_t n) { return static_cast<std::size_t>(n) + 64; }
  static std::int64_t row_stride(const tensor::tensor_type& t) {
    return t.rank > 0 ? t.back().factor : 1;
  }
  codegen::frame frame_with(const tensor::buffer& scratch) {
    codegen::frame f{};
    f.arguments = arguments_.data();
    f.results = results_.data();
    f.weights = weights_.data();
    f.packed = reinterpret_cast<char*>(packed_.data());
    f.scratch = reinterpret_cast<char*>(scratch.data());
    f.symbols = symbols_;
    return f;
  }

  std::vector<std::vector<char>> numbers_, outputs_;
  std::vector<tensor::dtype> elements_;  // of the outputs
  std::vector<codegen::bound_tensor> arguments_, weights_, results_;
  reference::inputs given_;
  tensor::buffer packed_, scratch_;
  std::int64_t symbols_[tensor::max_symbols] = {};
};

/// The net of the graph that Make::make() returns, scheduled as compile would.
template <class Make>
struct scheduled final {
  static constexpr auto graph = Make::make();
  static constexpr auto plan = kiln::plan::schedule(graph);
};

/// Runs a net and compares with its graph's meaning.
template <class Net>
void check_plan(unsigned seed = 1) {
  INFO("seed ", seed);
  plan_runner<Net> runner(seed);
  runner.run();
  runner.check();
}

}  // namespace kiln::test
