// SPDX-License-Identifier: MIT
// What several threads are better off with: rows of a whole chain, columns of each layer, or one
// for some layers and the other for the rest.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/work.hpp>
#include <kiln/tensor/tile.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace kiln::plan {

/// One layer of a chain: cycles for all rows on one core, and what it reads.
struct layer_work final {
  std::int64_t cycles = 0;
  std::int64_t weight_bytes = 0;
  std::int64_t operand_bytes = 0;  // of the other side, for all rows
  std::int64_t unit = 1;           // rows that cost as much as one of them
  bool cuts = true;                // its columns can be shared out

  constexpr layer_work& operator+=(const layer_work& l) {
    cycles += l.cycles;
    weight_bytes += l.weight_bytes;
    operand_bytes += l.operand_bytes;
    unit = std::max(unit, l.unit);
    cuts = cuts && l.cuts;
    return *this;
  }
};

/// A stage as a layer.
template <class Plan>
constexpr layer_work work_of(const Plan& p, const stage& s, const core::target& machine) {
  return {cycles_of(p, s, machine),
          weight_bytes(p, s),
          operand_bytes(p, s),
          row_unit(p, s, machine),
          cuts_columns(p, s)};
}

/// A product of [rows, depth] and packed [depth, columns] as a layer, without its store program.
constexpr layer_work product_work(const core::target& machine,
                                  tensor::factors x,
                                  std::int64_t rows,
                                  std::int64_t columns,
                                  std::int64_t depth) {
  const auto a_bytes = static_cast<std::int64_t>(size_of(x.a));
  const auto b_bytes = static_cast<std::int64_t>(size_of(x.b));
  const auto words = static_cast<int>(core::ceil_div(depth * b_bytes, std::int64_t{4}));
  const bool on_matrix =
      tensor::uses_matrix(machine, x, static_cast<int>(rows), static_cast<int>(columns), words);
  layer_work l{};
  l.unit = on_matrix ? matrix_rows : 1;
  l.weight_bytes = columns * depth * b_bytes;
  l.operand_bytes = rows * depth * a_bytes;
  l.cycles = std::max(
      core::round_up(rows, l.unit) * columns * depth / multiply_adds(machine, x, on_matrix),
      l.weight_bytes / near_bytes_per_cycle);
  return l;
}

/// Layers that are weighed against each other, at most; those behind them go by rows.
inline constexpr int max_layers = 64;

/// How a team goes through a chain.
struct team_choice final {
  std::int64_t cycles = 0;
  std::array<bool, max_layers> apart{};  // layers that are shared out by columns, each by itself
  bool any_apart = false;
};

/// The time of a chain of layers over the same rows on a team, in cycles.
///
/// By rows, every thread takes ceil(rows / threads) of them through all layers and waits once; each
/// reads all weights. By columns, every thread takes a part of each layer's weights, and all wait
/// behind each layer; what another thread computed comes from its cache. A layer that is not worth
/// that is one thread's. Of the weights that a thread reads in one run (its parts of layers by
/// columns, all of the others), three quarters of its own caches stay there; of more than that,
/// twice as much as there is too much comes from behind them at every run, and of twice as many,
/// all.
class team_costs final {
 public:
  constexpr team_costs(const core::target& machine, std::int64_t rows, int threads)
      : room_(own_cache_bytes(machine) / 4 * 3),
        rows_(rows),
        threads_(threads) {}

  constexpr void add(const layer_work& l) {
    weight_bytes_ += l.weight_bytes;
    if (size_ < max_layers) layers_[static_cast<std::size_t>(size_++)] = l;
  }
  /// Weights that something else reads in the same run.
  constexpr void add_elsewhere(std::int64_t bytes) { weight_bytes_ += bytes; }

  [[nodiscard]] constexpr std::int64_t alone() const { return cost_of(all(way::alone)); }
  [[nodiscard]] constexpr std::int64_t by_rows() const { return cost_of(all(way::rows)); }
  [[nodiscard]] constexpr std::int64_t by_columns() const { return cost_of(all(way::columns)); }

  /// What takes least: layers apart, and between them runs of others, which are fused and either
  /// shared out by rows, with one barrier each, or one thread's. How long a layer takes depends on
  /// what a thread reads for all others: short chains are looked through layer by layer again.
  ///
  /// @law   choose().cycles <= by_rows(), choose().cycles <= by_columns()
  /// @cost  linear in layers, quadratic for up to 16 of them
  [[nodiscard]] constexpr team_choice choose() const {
    route best = best_if_read(weight_bytes_);
    std::int64_t least = cost_of(best);
    const auto take = [&](const route& r) {
      const std::int64_t cost = cost_of(r);
      if (cost >= least) return;
      best = r;
      least = cost;
    };
    take(best_if_read(weight_bytes_ / threads_));
    take(all(way::rows));
    take(all(way::columns));
    constexpr int short_chain = 16;
    for (int i = size_ <= short_chain ? size_ - 1 : -1; i >= 0; --i) {
      for (const way w : {way::rows, way::columns}) {
        route r = best;
        r[static_cast<std::size_t>(i)] = w;
        take(r);
      }
    }
    team_choice c{};
    c.cycles = least;
    for (int i = 0; i < size_; ++i) {
      const auto at = static_cast<std::size_t>(i);
      c.apart[at] = best[at] == way::columns && pays(layers_[at]);
      c.any_apart = c.any_apart || c.apart[at];
    }
    return c;
  }

 private:
  enum class way : std::uint8_t { alone, rows, columns };
  using route = std::array<way, max_layers>;  // of each layer

  static constexpr route all(way w) {
    route r{};
    for (way& x : r) x = w;
    return r;
  }
  /// The best route if a thread read so many bytes in one run.
  [[nodiscard]] constexpr route best_if_read(std::int64_t read) const {
    // The least for the layers so far if the last one of them goes in some way; how the one before
    // it then does.
    std::array<std::int64_t, 3> least{0, barrier(), 0};
    std::array<std::array<way, 3>, max_layers> before{};
    const auto cost = [&](way x) { return least[static_cast<std::size_t>(x)]; };
    for (int i = 0; i < size_; ++i) {
      const way alone = cost(way::columns) < cost(way::alone) ? way::columns : way::alone;
      const bool goes_on = cost(way::rows) <= cost(way::columns) + barrier();
      const way any = cost(way::rows) < cost(alone) ? way::rows : alone;
      before[static_cast<std::size_t>(i)] = {alone, goes_on ? way::rows : way::columns, any};
      least = {cost(alone) + alone_of(i, read),
               (goes_on ? cost(way::rows) : cost(way::columns) + barrier()) + rows_of(i, read),
               cost(any) + columns_of(i, read)};
    }
    way last = cost(way::rows) < cost(way::alone) ? way::rows : way::alone;
    if (cost(way::columns) < cost(last)) last = way::columns;
    route r{};
    for (int i = size_ - 1; i >= 0; --i) {
      const auto at = static_cast<std::size_t>(i);
      r[at] = last;
      last = before[at][static_cast<std::size_t>(last)];
    }
    return r;
  }
  /// Bytes that a thread reads in one run.
  [[nodiscard]] constexpr std::int64_t bytes_of(const route& r) const {
    std::int64_t sum = weight_bytes_;
    for (int i = 0; i < size_; ++i) {
      const layer_work& l = layers_[static_cast<std::size_t>(i)];
      const bool shared = r[static_cast<std::size_t>(i)] == way::columns && pays(l);
      if (shared) sum -= l.weight_bytes / threads_ * (threads_ - 1);
    }
    return sum;
  }
  /// Cycles of all layers, with a barrier in front of each run of them by rows.
  [[nodiscard]] constexpr std::int64_t cost_of(const route& r) const {
    const std::int64_t read = bytes_of(r);
    std::int64_t sum = 0;
    way before = way::alone;
    for (int i = 0; i < size_; ++i) {
      const way here = r[static_cast<std::size_t>(i)];
      if (here == way::rows && (i == 0 || before != way::rows)) sum += barrier();
      sum += here == way::rows      ? rows_of(i, read)
             : here == way::columns ? columns_of(i, read)
                                    : alone_of(i, read);
      before = here;
    }
    return sum;
  }

  [[nodiscard]] constexpr std::int64_t own_rows() const {
    return core::ceil_div(rows_, std::int64_t{threads_});
  }
  [[nodiscard]] constexpr std::int64_t barrier() const {
    return own_rows() < rows_ ? barrier_cycles : 0;
  }
  /// Whether a layer may be shared out by columns, and is worth it.
  [[nodiscard]] constexpr bool pays(const layer_work& l) const {
    return l.cuts && pays_by_columns(std::max(l.cycles, streaming(l.weight_bytes, weight_bytes_)));
  }
  // Layer i, where a thread reads so many bytes in one run: by one thread,
  [[nodiscard]] constexpr std::int64_t alone_of(int i, std::int64_t read) const {
    const layer_work& l = layers_[static_cast<std::size_t>(i)];
    return std::max(l.cycles, streaming(l.weight_bytes, read));
  }
  // by rows: a matrix unit that is left with one tile of them uses each tile of weights once, not
  // twice, and takes a quarter longer (two halves of 32 rows: 1.2 to 1.4 times the whole),
  [[nodiscard]] constexpr std::int64_t rows_of(int i, std::int64_t read) const {
    const layer_work& l = layers_[static_cast<std::size_t>(i)];
    const std::int64_t all = core::ceil_div(rows_, l.unit);
    const std::int64_t mine = core::ceil_div(own_rows(), l.unit);
    const std::int64_t own = l.cycles / all * mine + l.cycles % all * mine / all;
    const bool halves = l.unit > 1 && mine == 1 && all > 1;
    return std::max(halves ? own + own / 4 : own, streaming(l.weight_bytes, read));
  }
  // by columns, or by one thread where that is not worth a barrier.
  [[nodiscard]] constexpr std::int64_t columns_of(int i, std::int64_t read) const {
    const layer_work& l = layers_[static_cast<std::size_t>(i)];
    if (!pays(l)) return alone_of(i, read);
    const std::int64_t stream = streaming(l.weight_bytes / threads_, read);
    const std::int64_t foreign = l.operand_bytes / threads_ * (threads_ - 1);
    const std::int64_t moved = foreign / far_bytes_per_cycle;
    return std::max(l.cycles / threads_, stream) + moved + barrier_cycles;
  }
  /// Cycles for which so many bytes come, of so many that a thread reads in one run.
  [[nodiscard]] constexpr std::int64_t streaming(std::int64_t bytes, std::int64_t all) const {
    if (all <= room_) return bytes / near_bytes_per_cycle;
    const std::int64_t excess = std::min(all, 2 * (all - room_));
    constexpr std::int64_t unit = 64;  // products of two sizes in bytes may be beyond 64 bits
    const std::int64_t far = bytes / unit * excess / all * unit;
    return far / far_bytes_per_cycle + (bytes - far) / near_bytes_per_cycle;
  }

  std::int64_t room_;
  std::int64_t rows_;
  int threads_;
  int size_ = 0;
  std::int64_t weight_bytes_ = 0;
  std::array<layer_work, max_layers> layers_{};
};

}  // namespace kiln::plan
