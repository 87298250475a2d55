// SPDX-License-Identifier: MIT
// What every compiled net offers at run time: weights, contexts, arguments and views.
#pragma once

#include <kiln/runtime/context.hpp>

#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// The run-time names of Net, which derives from this. Net has constexpr static members `graph` and
/// `plan`, and `callable<Slot>()`, the user's callables.
template <class Net>
struct members {
  using weights = runtime::weights<Net>;
  using context = runtime::context<Net>;
  using stack_context = runtime::stack_context<Net>;
  using arguments = runtime::arguments<Net>;

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
