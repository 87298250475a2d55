// SPDX-License-Identifier: MIT
// What every compiled net offers at run time: weights, contexts, arguments and views.
#pragma once

#include <kiln/runtime/context.hpp>
#include <kiln/runtime/packed.hpp>

#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// The run-time names of Net, which derives from this. Net has constexpr static members `graph` and
/// `plan`, and `callable<Slot>()`, the user's callables.
template <class Net>
struct members {
  using weights = runtime::weights<Net>;
  using packed = runtime::packed<Net>;
  using context = runtime::context<Net>;
  using stack_context = runtime::stack_context<Net>;
  using arguments = runtime::arguments<Net>;

  /// Packed weights as a constant, each weight of the net once: numbers that the program holds, in
  /// the form that run reads, in read-only memory; nothing is left to do when the program starts.
  ///
  ///     constexpr auto packed = net::pack(kiln::bind<"w1", w1>(), ...);
  ///     net::context context{packed};
  ///
  /// @cost    no time and no allocation when the program runs; bench/compile/constants.py measures
  ///          the compiler's
  /// @errors  compile time: binding_mistake, packing_mistake
  /// @accuracy  the bits that `weights` has, but for rsqrt of AVX-512 and sums of floats
  template <class... Given>
  [[nodiscard]] static constexpr packed pack(const Given&...) {
    if constexpr ((std::is_same_v<Given, rejected_weight> || ...)) {
      return {};  // reported already
    } else if constexpr (core::accepted<decltype(judge_packing<Net, Given...>())>()) {
      return packed::template from<Given...>();
    } else {
      return {};
    }
  }

  /// The caller's memory for the input or output Name, checked here: element type, size, address,
  /// row stride. Dynamic extents are taken from it, or given: view<"x">(p, kiln::size<"b">(5)).
  ///
  /// @cost    a few nanoseconds; no allocation unless there is an error
  /// @errors  compile time: view_mistake; run time: kiln::error with what was expected and found
  template <core::fixed_string Name, class T, class... Names>
  [[nodiscard]] static KILN_INLINE auto view(T&& data, const named_size<Names>&... sizes) {
    using name = core::text_of<Name>;
    using verdict = decltype(judge_view<Net, name, T, named_size<Names>...>());
    // Asked here and not below, so that the compiler's way to the error is short.
    if constexpr (core::accepted<verdict>()) {
      return make_view<Net, name>(data, sizes...);
    } else {
      return rejected_view{};
    }
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime
