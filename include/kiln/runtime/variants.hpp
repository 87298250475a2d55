// SPDX-License-Identifier: MIT
// Which of a net's plans runs.
#pragma once

#include <kiln/codegen/emit.hpp>
#include <kiln/plan/variants.hpp>
#include <kiln/simd/amx_use.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// A net that has several plans: `variants`, an array of plan::variant, and `variant_net<I>`, what
/// emitter needs to know of each. A net without is one plan.
template <class Net>
concept has_variants = requires {
  Net::variants;
};

namespace detail {

template <class Net>
constexpr std::int64_t most_scratch(int threads) {
  if constexpr (has_variants<Net>) {
    return plan::scratch_of(Net::variants, threads);
  } else {
    return plan::scratch_for(Net::plan, threads);
  }
}

/// Runs variant I or one that comes after it; the last one takes what the others leave. Team is
/// nothing, for the calling thread alone, or a team of several threads. Plans for another number of
/// threads are not looked at, and their code is not made.
template <class Net, std::size_t I, class... Team>
KILN_INLINE void run_from(codegen::frame& f, const Team&... team) noexcept {
  using own = typename Net::template variant_net<I>;
  constexpr plan::guard when = Net::variants[I].when;
  constexpr bool possible = sizeof...(Team) == 0 ? when.threads.has(1) : when.threads.high > 1;
  if constexpr (I + 1 == Net::variants.size()) {
    codegen::emitter<own>::run(f, team...);
  } else if constexpr (!possible) {
    run_from<Net, I + 1>(f, team...);
  } else {
    if (when.holds(f.symbols, (1 + ... + (team.threads() - 1)))) {
      codegen::emitter<own>::run(f, team...);
    } else {
      run_from<Net, I + 1>(f, team...);
    }
  }
}

}  // namespace detail

/// Bytes of scratch in which so many threads can run every plan of Net that is for them.
///
/// @pre  threads > 0
template <class Net>
constexpr std::size_t scratch_bytes_for(int threads) {
  return static_cast<std::size_t>(detail::most_scratch<Net>(threads));
}
/// The same for one thread.
template <class Net>
inline constexpr std::size_t scratch_bytes_of = scratch_bytes_for<Net>(1);

namespace detail {

/// Whether `holds` is true of one of Net's plans.
template <class Net, class F>
constexpr bool any_plan(F holds) {
  if constexpr (has_variants<Net>) {
    for (const auto& v : Net::variants) {
      if (holds(*v.runs)) return true;
    }
    return false;
  } else {
    return holds(Net::plan);
  }
}
template <class Net>
constexpr bool uses_tiles() {
  return any_plan<Net>([](const auto& p) { return codegen::uses_tiles(p); });
}

}  // namespace detail

/// Asks the system for what Net's plans need beyond vectors. The plans are not looked at when the
/// program runs, so that it need not hold them.
///
/// @errors  run time: kiln::error where the machine lacks it or the system refuses
template <class Net>
void require_units() {
  if constexpr (detail::uses_tiles<Net>()) simd::require_tiles();
}

/// Whether a team has anything to share out of Net.
template <class Net>
constexpr bool has_shared_groups() {
  return detail::any_plan<Net>([](const auto& p) {
    for (int g = p.prepare_groups; g < p.groups.size; ++g) {
      if (codegen::shared_loops(p, p.groups[g]) > 0) return true;
    }
    return false;
  });
}

/// Runs the first plan of Net whose guard holds, on the calling thread or by a team.
///
/// @pre   the frame's symbols are within their bounds
/// @cost  a comparison or two a plan; none where a net has one plan
template <class Net, class... Team>
KILN_INLINE void run_variant(codegen::frame& f, const Team&... team) noexcept {
  if constexpr (has_variants<Net>) {
    detail::run_from<Net, 0>(f, team...);
  } else {
    codegen::emitter<Net>::run(f, team...);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
