// SPDX-License-Identifier: MIT
// Which of the builds of some kernels runs on this machine: the best one, or the one asked for.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/error.hpp>
#include <kiln/dispatch/isa.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/processor.hpp>

#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kiln::dispatch {
inline namespace KILN_ISA {

/// Kernels compiled for one instruction set. Nothing of them runs before the entry is called.
struct build final {
  dispatch::isa isa;
  const void* (*entry)();
};

/// Where kernels shall run.
struct machine final {
  simd::processor processor;
  bool (*may_use_tiles)();  // asked only if everything else is there

  /// True if code for this instruction set runs here.
  [[nodiscard]] bool runs(isa i) const {
    return offers(processor, i) && (i != isa::amx || may_use_tiles());
  }
};

/// This machine.
///
/// @cost    simd::this_processor()
/// @errors  none
inline machine this_machine() noexcept {
  return {simd::this_processor(),
          [] { return simd::may_use_tiles() && simd::supported_tiles().pairs; }};
}

namespace detail {

// Not operator+: of what comes behind a literal, g++ 12 warns at -O3 that it may overlap.
inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

inline std::string names_of(std::span<const build> builds) {
  std::string text;
  for (const build& b : builds) {
    if (!text.empty()) text += ", ";
    text += name_of(b.isa);
  }
  return text;
}

inline isa best_of(const machine& m) {
  isa best = isa::any;
  for (const isa i : every_isa) {
    if (m.runs(i)) best = i;
  }
  return best;
}

// What an instruction set that was asked for cannot be, or else the build of it.
inline const build& asked_for(std::string_view name,
                              std::string_view wanted,
                              std::span<const build> builds,
                              const machine& m) {
  const std::optional<isa> i = isa_named(wanted);
  for (const build& b : builds) {
    if (b.isa != i) continue;
    if (m.runs(*i)) return b;
    core::raise(joined({"KILN_ISA=",
                        wanted,
                        ": this machine does not run it; the best that it runs is ",
                        name_of(best_of(m))}));
  }
  core::raise(joined({"KILN_ISA=",
                      wanted,
                      i ? ": '" : ": no such instruction set; '",
                      name,
                      "' is compiled for ",
                      names_of(builds)}));
}

}  // namespace detail

/// The build that runs on a machine: the one whose instruction set is asked for, or else the best.
/// An empty wish is none.
///
/// @errors  run time: kiln::error if the machine runs none of the builds; if the wish is no
///          instruction set, is not among the builds or does not run on the machine
inline const build& choose(std::string_view name,
                           std::span<const build> builds,
                           const machine& m,
                           std::string_view wanted) {
  if (!wanted.empty()) return detail::asked_for(name, wanted, builds, m);
  const build* best = nullptr;
  for (const build& b : builds) {
    if ((best == nullptr || best->isa < b.isa) && m.runs(b.isa)) best = &b;
  }
  if (best != nullptr) return *best;
  core::raise(detail::joined({"'",
                              name,
                              "' is compiled for ",
                              detail::names_of(builds),
                              "; the best that this machine runs is ",
                              name_of(detail::best_of(m))}));
}

/// The same for this machine and the wish in the environment variable KILN_ISA.
///
/// @cost    microseconds; whoever dispatches keeps the answer
/// @errors  as above
inline const build& choose(std::string_view name, std::span<const build> builds) {
  const char* const wanted = std::getenv("KILN_ISA");
  return choose(name, builds, this_machine(), wanted == nullptr ? "" : wanted);
}

}  // namespace KILN_ISA
}  // namespace kiln::dispatch
