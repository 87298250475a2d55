// SPDX-License-Identifier: MIT
// Every plan that the cost rules could have chosen for a net of layers, against the one they chose.
#pragma once

#include <kiln/kiln.hpp>
#include <kiln/tensor/memory.hpp>

#include <algorithm>
#include <bench/common/measure.hpp>
#include <bench/common/record.hpp>
#include <bench/model/mlp.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// A chain in blocks of so many rows.
template <int Block>
struct blocks_of : kiln::settings {
  static constexpr auto moves =
      kiln::plan::moves(kiln::plan::fuse_store,
                        kiln::plan::collapse,
                        kiln::plan::fuse_rows_fn{{.machine = machine, .block = Block}},
                        kiln::plan::place_scratch);
};
/// Every layer by itself, results of all rows in memory.
struct layer_by_layer : kiln::settings {
  static constexpr auto moves =
      kiln::plan::moves(kiln::plan::fuse_store, kiln::plan::collapse, kiln::plan::place_scratch);
};

/// A net of f32 layers with numbers of its own, ready to run.
template <const auto& Expression, class Settings>
class alternative final {
 public:
  using net = kiln::compile<Expression, Settings>;

  alternative()
      : weights_(named()),
        context_(weights_),
        arguments_(net::template view<"x">(x_.data()), net::template view<"y">(y_.data())) {}
  alternative(const alternative&) = delete;
  alternative& operator=(const alternative&) = delete;
  ~alternative() = default;

  void run() noexcept { context_.run(arguments_); }

 private:
  static std::size_t elems_of(const kiln::tensor::tensor_type& t) {
    return static_cast<std::size_t>(t.elems().factor);
  }
  static std::vector<float> some(std::size_t n) {
    std::vector<float> v(n);
    std::uint32_t seed = 1;
    for (float& x : v) {
      seed = seed * 1664525U + 1013904223U;
      x = (static_cast<float>(seed >> 8) / 8388608.0F - 1.0F) * 0.05F;
    }
    return v;
  }
  std::map<std::string, kiln::tensor::memory> named() {
    std::map<std::string, kiln::tensor::memory> all;
    const auto& g = net::graph;
    for (int i = 0; i < g.size; ++i) {
      if (!g[i].template is<kiln::op::weight_op>()) continue;
      owned_.push_back(some(elems_of(g[i].type)));
      kiln::tensor::memory m{};
      m.data = owned_.back().data();
      m.element = kiln::f32;
      m.elems = static_cast<std::int64_t>(owned_.back().size());
      all[std::string(g[i].name)] = m;
    }
    x_ = some(elems_of(g[0].type));
    y_.resize(elems_of(g[g.outputs[0].node].type));
    return all;
  }

  std::vector<std::vector<float>> owned_;
  std::vector<float> x_, y_;
  typename net::weights weights_;
  typename net::context context_;
  typename net::arguments arguments_;
};

template <const auto& Expression, class Settings>
contender alternative_contender(std::string name) {
  auto net = std::make_shared<alternative<Expression, Settings>>();
  return {std::move(name), "", [net] { net->run(); }};
}

/// Measures all of them in turns and prints what the rule chose beside the best. Returns how much
/// longer the rule's plan takes than the best one, 0: nothing.
template <const auto& Expression, int... Blocks>
double compare_alternatives(const options& o, const std::string& name) {
  using chosen = kiln::compile<Expression>;
  if (!o.wants(name)) return 0;
  std::vector<contender> all{alternative_contender<Expression, kiln::settings>("rule"),
                             alternative_contender<Expression, layer_by_layer>("layer by layer")};
  (all.push_back(
       alternative_contender<Expression, blocks_of<Blocks>>("blocks of " + std::to_string(Blocks))),
   ...);
  const result r = measure(all, o.seconds);
  std::size_t best = 0;
  std::printf("%s\n", name.c_str());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& t = r.timings[i];
    if (t.median_us < r.timings[best].median_us) best = i;
    std::printf("  %-16s %10.2f us  +-%4.1f %%  %6.3fx\n",
                all[i].impl.c_str(),
                t.median_us,
                50 * t.iqr_us / t.median_us,
                t.median_us / r.timings[0].median_us);
  }
  const int step = chosen::plan.loops.size > 0 ? chosen::plan.loops[0].step : 1;
  const double behind = r.timings[0].median_us / r.timings[best].median_us - 1;
  std::printf("  the rule: blocks of %d, %.1f %% behind %s\n",
              step,
              100 * behind,
              best == 0 ? "nothing" : all[best].impl.c_str());
  std::fflush(stdout);
  return behind;
}

}  // namespace bench
