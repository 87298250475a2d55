// SPDX-License-Identifier: MIT
// Runs the emitted code of a net on random numbers and compares with the f64 meaning of its graph.
#pragma once

#include <kiln/codegen/emit.hpp>
#include <kiln/plan/movement.hpp>
#include <kiln/plan/schedule.hpp>
#include <kiln/plan/team_scratch.hpp>
#include <kiln/reference/interpret_graph.hpp>
#include <kiln/runtime/serial.hpp>
#include <kiln/runtime/thread_pool.hpp>
#include <kiln/tensor/buffer.hpp>

#include <doctest/doctest.h>

#include <array>
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
  using symbol_values = std::array<std::int64_t, tensor::max_symbols>;

  /// Even seeds put gaps, which nobody may read or write, between the rows of arguments and
  /// results, but those of an input that is flattened.
  explicit plan_runner(unsigned seed, const symbol_values& symbols = {1, 1, 1, 1})
      : gap_(seed % 2 == 0 ? 3 : 0),
        symbols_(symbols),
        packed_(bytes(Net::plan.packed_bytes)),
        scratch_(bytes(Net::plan.scratch_bytes)) {
    const auto& g = Net::graph;
    given_.symbols = symbols;
    std::mt19937 engine(seed);
    numbers_.resize(static_cast<std::size_t>(g.size));
    for (int i = 0; i < g.size; ++i) {
      if (!g[i].template is<op::input_op>() && !g[i].template is<op::weight_op>()) continue;
      const auto element = g[i].type.element;
      const std::size_t elems = count(g[i].type.elems());
      const bool input = g[i].template is<op::input_op>();
      const bool gaps = input && !plan::is_flattened(g, i);
      const spacing at = spaced(g[i].type, gaps ? gap_ : 0);
      auto& mine = numbers_[static_cast<std::size_t>(i)];
      mine.assign(at.elems * size_of(element), poison);
      std::vector<double> values(elems);
      for (std::size_t e = 0; e < elems; ++e) {
        values[e] = random_element(element, engine);
        write_element(element, mine.data() + at.place(e) * size_of(element), values[e]);
      }
      auto& bound = input ? arguments_ : weights_;
      bound.resize(std::max(bound.size(), static_cast<std::size_t>(g[i].slot) + 1));
      bound[static_cast<std::size_t>(g[i].slot)] = {mine.data(), at.row};
      given_.tensors[std::string(g[i].name)] = {reference::extents_of(g[i].type, symbols),
                                                std::move(values)};
    }
    for (int o = 0; o < g.output_count; ++o) {
      const auto& type = g[g.outputs[static_cast<std::size_t>(o)].node].type;
      const spacing at = spaced(type, gap_);
      outputs_.emplace_back(at.elems * size_of(type.element), poison);
      results_.push_back({outputs_.back().data(), at.row});
    }
    const tensor::buffer scratch(bytes(Net::plan.prepare_scratch_bytes));
    codegen::frame f = frame_with(scratch);
    codegen::emitter<Net>::prepare(f);
  }

  void run() {
    codegen::frame f = frame_with(scratch_);
    codegen::emitter<Net>::run(f);
  }
  void run(const core::team& team) {
    const tensor::buffer scratch(bytes(plan::scratch_for(Net::plan, team.threads())));
    codegen::frame f = frame_with(scratch);
    codegen::emitter<Net>::run(f, team);
  }

  /// Every result within the bound of the reference.
  void check() {
    const auto all = reference::interpret(Net::graph, given_);
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
      const auto& expected = all.nodes[static_cast<std::size_t>(Net::graph.outputs[o].node)];
      const std::vector<double> actual = output(o);
      REQUIRE(expected.value.size() == actual.size());
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < actual.size(); ++i) {
        const double want = expected.value[i], bound = expected.bound[i];
        const bool both_nan = want != want && actual[i] != actual[i];
        const bool anything = std::isinf(bound) || bound != bound;
        const bool right = actual[i] == want || std::fabs(actual[i] - want) <= bound;
        wrong += right || both_nan || anything ? 0U : 1U;
      }
      CHECK(wrong == 0);
      CHECK(gaps_of(o) == poison);
    }
  }

  [[nodiscard]] const reference::inputs& given() const { return given_; }
  [[nodiscard]] std::vector<double> output(std::size_t o) const {
    const auto& type = type_of_output(o);
    const spacing at = spaced(type, gap_);
    std::vector<double> values(count(type.elems()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          read_element(type.element, outputs_[o].data() + at.place(i) * size_of(type.element));
    }
    return values;
  }

 private:
  static std::size_t bytes(std::int64_t n) { return static_cast<std::size_t>(n) + 64; }
  /// All bits set: NaN, or the number that is furthest from being a sum.
  static constexpr char poison = '\xff';

  /// Where the elements of a tensor are whose rows have a gap behind them.
  struct spacing final {
    std::int64_t width, row;
    std::size_t elems;
    [[nodiscard]] std::size_t place(std::size_t e) const {
      const auto w = static_cast<std::size_t>(width);
      return e / w * static_cast<std::size_t>(row) + e % w;
    }
  };
  [[nodiscard]] std::size_t count(const tensor::dim& d) const {
    return static_cast<std::size_t>(value_of(d, symbols_.data()));
  }
  [[nodiscard]] spacing spaced(const tensor::tensor_type& t, std::int64_t gap) const {
    const auto width = static_cast<std::int64_t>(t.rank > 0 ? count(t.back()) : 1);
    const std::int64_t row = width + (t.rank > 1 ? gap : 0);
    const std::size_t rows = width == 0 ? 0 : count(t.elems()) / static_cast<std::size_t>(width);
    return {width, row, rows * static_cast<std::size_t>(row)};
  }
  static const tensor::tensor_type& type_of_output(std::size_t o) {
    return Net::graph[Net::graph.outputs[o].node].type;
  }
  /// What lies between the rows of a result: poison, unless somebody wrote there.
  [[nodiscard]] char gaps_of(std::size_t o) const {
    const spacing at = spaced(type_of_output(o), gap_);
    const std::size_t bytes_each = size_of(type_of_output(o).element);
    const auto row = static_cast<std::size_t>(at.row) * bytes_each;
    const auto used = static_cast<std::size_t>(at.width) * bytes_each;
    for (std::size_t i = 0; row > 0 && i < outputs_[o].size(); ++i) {
      if (i % row >= used && outputs_[o][i] != poison) return outputs_[o][i];
    }
    return poison;
  }
  codegen::frame frame_with(const tensor::buffer& scratch) {
    codegen::frame f{};
    f.arguments = arguments_.data();
    f.results = results_.data();
    f.weights = weights_.data();
    f.packed = reinterpret_cast<char*>(packed_.data());
    f.scratch = reinterpret_cast<char*>(scratch.data());
    f.symbols = symbols_.data();
    return f;
  }

  std::int64_t gap_;
  symbol_values symbols_;
  std::vector<std::vector<char>> numbers_, outputs_;
  std::vector<codegen::bound_tensor> arguments_, weights_, results_;
  reference::inputs given_;
  tensor::buffer packed_, scratch_;
};

/// The net of the graph that Make::make() returns, scheduled as compile would.
template <class Make>
struct scheduled final {
  static constexpr auto graph = Make::make();
  static constexpr auto plan = kiln::plan::schedule(graph);
};

/// Runs a net and compares with its graph's meaning.
template <class Net>
void check_plan(unsigned seed = 1,
                const typename plan_runner<Net>::symbol_values& symbols = {1, 1, 1, 1}) {
  INFO("seed ", seed);
  plan_runner<Net> runner(seed, symbols);
  runner.run();
  runner.check();
}

/// Runs a net by teams of several sizes: the bits are those of one thread.
template <class Net>
void check_plan_with_teams(unsigned seed = 1,
                           const typename plan_runner<Net>::symbol_values& symbols = {1, 1, 1, 1}) {
  plan_runner<Net> alone(seed, symbols);
  alone.run();
  const auto check_team = [&](auto& executor) {
    INFO("threads ", executor.threads());
    plan_runner<Net> runner(seed, symbols);
    runner.run(core::team(executor));
    for (std::size_t o = 0; o < static_cast<std::size_t>(Net::graph.output_count); ++o) {
      CHECK(alone.output(o) == runner.output(o));
    }
    runner.check();
  };
  for (const int threads : {1, 2, 3, 7, 64}) {
    thread_pool pool{threads};
    check_team(pool);
  }
  const serial_executor many{1000};
  check_team(many);
}

}  // namespace kiln::test
