// SPDX-License-Identifier: MIT
// What several threads are better off with: rows of a whole chain, or columns of each layer.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::plan {

/// One stage of a chain: cycles for all rows on one core, and the weights that it reads.
struct layer_work final {
  std::int64_t cycles = 0;
  std::int64_t weight_bytes = 0;
  bool cuts = true;  // its columns can be shared out
};

/// The time of a chain of layers over the same rows on a team, in cycles.
///
/// By rows, every thread takes ceil(rows / threads) of them through all layers and waits once; each
/// reads all weights. By columns, every thread takes a part of each layer's weights, and all wait
/// behind each layer; a layer that is not worth that is one thread's. Weights come from the second
/// cache where what a thread reads in one run stays there (three quarters of it), else from behind
/// it.
class team_costs final {
 public:
  constexpr team_costs(const core::target& machine, std::int64_t rows, int threads)
      : room_(std::int64_t{machine.l2_bytes} / 4 * 3),
        rows_(rows),
        threads_(threads) {}

  constexpr void add(const layer_work& l) {
    if (size_ == max_layers) return;
    layers_[size_++] = l;
    weight_bytes_ += l.weight_bytes;
  }

  [[nodiscard]] constexpr std::int64_t by_rows() const {
    const std::int64_t own_rows = core::ceil_div(rows_, std::int64_t{threads_});
    std::int64_t sum = own_rows < rows_ ? barrier_cycles : 0;
    for (int i = 0; i < size_; ++i) {
      const layer_work& l = layers_[i];
      sum += std::max(l.cycles * own_rows / rows_, streaming(l.weight_bytes, weight_bytes_));
    }
    return sum;
  }
  [[nodiscard]] constexpr std::int64_t by_columns() const {
    std::int64_t sum = 0;
    for (int i = 0; i < size_; ++i) {
      const layer_work& l = layers_[i];
      const std::int64_t alone = std::max(l.cycles, streaming(l.weight_bytes, weight_bytes_));
      const std::int64_t stream = streaming(l.weight_bytes / threads_, weight_bytes_ / threads_);
      const std::int64_t shared = std::max(l.cycles / threads_, stream) + barrier_cycles;
      sum += l.cuts && pays_for_team(alone) ? std::min(alone, shared) : alone;
    }
    return sum;
  }

 private:
  static constexpr int max_layers = 64;

  /// Cycles for which so many bytes come, of so many that a thread reads in one run.
  [[nodiscard]] constexpr std::int64_t streaming(std::int64_t bytes, std::int64_t all) const {
    return bytes / (all <= room_ ? near_bytes_per_cycle : far_bytes_per_cycle);
  }

  std::int64_t room_;
  std::int64_t rows_;
  int threads_;
  int size_ = 0;
  std::int64_t weight_bytes_ = 0;
  layer_work layers_[max_layers]{};  // NOLINT: few steps of a constant expression
};

}  // namespace kiln::plan
