// SPDX-License-Identifier: MIT
// How the steps of a nest of parallel loops are shared out among threads.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// How many loops of a group are shared out: 0 where its first item is not a parallel loop around
/// all others. Loops of step 1 that are around nothing but another parallel loop count with it.
template <class Plan>
constexpr int shared_loops(const Plan& p, const plan::group& g) {
  int loops = 0;
  for (int i = g.first, end = g.first + g.items; i < end; ++i) {
    const plan::item& x = p.items[i];
    if (!x.is_loop || p.loops[x.index].runs != plan::role::parallel || i + 1 + x.body != end) break;
    ++loops;
    if (p.loops[x.index].step != 1) break;
  }
  return loops;
}

/// The innermost loop that is shared out, as far as sharing needs it.
struct shared_loop final {
  std::int64_t extent = 0;
  std::int64_t step = 1;
  std::int64_t grain = 1;
};

/// A range of the innermost shared loop, walked in the loop's steps, the last one shorter.
struct stretch final {
  std::int64_t outer = 0;  // which step of the loops around
  std::int64_t first = 0;
  std::int64_t end = 0;
};

/// The steps of `outer` runs of a loop, cut into parts that differ by one unit at most.
///
/// The unit is a whole step where that is no worse: the parts are then equal, or differ by one step
/// in sixteen. Elsewhere it is the loop's grain.
///
/// @law  the stretches of all parts are the whole nest, once
/// @cost a few divisions a part
class sharing final {
 public:
  constexpr sharing(const shared_loop& l, std::int64_t outer, int threads)
      : loop_(l),
        unit_(unit_of(l, outer, threads)),
        units_each_(core::ceil_div(l.extent, unit_)),
        units_(outer * units_each_),
        parts_(static_cast<int>(std::min(units_, std::int64_t{threads}))) {}

  [[nodiscard]] constexpr int parts() const { return parts_; }

  /// Calls f(stretch) for each stretch of a part, in order.
  template <class F>
  KILN_INLINE constexpr void for_each_stretch(int part, F f) const {
    const std::int64_t end = units_ * (part + 1) / parts_;
    for (std::int64_t unit = units_ * part / parts_; unit < end;) {
      const std::int64_t outer = unit / units_each_;
      const std::int64_t here = unit - outer * units_each_;
      const std::int64_t count = std::min(units_each_ - here, end - unit);
      const std::int64_t first = here * unit_;
      const std::int64_t last = std::min((here + count) * unit_, loop_.extent);
      f(stretch{outer, first, last});
      unit += count;
    }
  }

 private:
  static constexpr std::int64_t unit_of(const shared_loop& l, std::int64_t outer, int threads) {
    const std::int64_t steps = outer * core::ceil_div(l.extent, l.step);
    const bool even = l.extent % l.step == 0 && steps % threads == 0;
    const bool balanced = even || steps >= std::int64_t{16} * threads;
    return balanced && l.step % l.grain == 0 ? l.step : l.grain;
  }
  shared_loop loop_;
  std::int64_t unit_;
  std::int64_t units_each_;
  std::int64_t units_;
  int parts_;
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
