// SPDX-License-Identifier: MIT
// Which of a net's plans runs.
#pragma once

#include <kiln/codegen/emit.hpp>
#include <kiln/plan/variants.hpp>

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
constexpr std::int64_t most_scratch() {
  if constexpr (has_variants<Net>) {
    return plan::scratch_of(Net::variants);
  } else {
    return Net::plan.scratch_bytes;
  }
}

/// Runs variant I or one that comes after it; the last one takes what the others leave.
template <class Net, std::size_t I>
KILN_INLINE void run_from(codegen::frame& f) noexcept {
  using own = typename Net::template variant_net<I>;
  if constexpr (I + 1 == Net::variants.size()) {
    codegen::emitter<own>::run(f);
  } else {
    constexpr plan::guard when = Net::variants[I].when;
    if (when.holds(f.symbols)) {
      codegen::emitter<own>::run(f);
    } else {
      run_from<Net, I + 1>(f);
    }
  }
}

}  // namespace detail

/// Bytes of scratch that every plan of Net can run in.
template <class Net>
inline constexpr auto scratch_bytes_of = static_cast<std::size_t>(detail::most_scratch<Net>());

/// Runs the first plan of Net whose guard holds.
///
/// @pre   the frame's symbols are within their bounds
/// @cost  a comparison or two a plan; none where a net has one plan
template <class Net>
KILN_INLINE void run_variant(codegen::frame& f) noexcept {
  if constexpr (has_variants<Net>) {
    detail::run_from<Net, 0>(f);
  } else {
    codegen::emitter<Net>::run(f);
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
