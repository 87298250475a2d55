// SPDX-License-Identifier: MIT
// One mistake, one compile error: a type that spells what, where, expected and actual.
#pragma once

#include <concepts>

namespace kiln::core {

/// The verdict of a check that found nothing to say.
struct ok final {};

template <class... Facts>
struct where;
template <class... Facts>
struct expected;
template <class... Facts>
struct actual;

/// The verdict of a failed check. Its template arguments are the message.
template <auto What, class... Facts>
struct compile_error final {
  static constexpr bool raised = false;
};

/// True for `ok`. Otherwise stops the compiler on one line that spells the verdict.
///
/// @errors  compile time: the verdict itself (tests/compile_fail/)
template <class Verdict>
consteval bool accepted() {
  if constexpr (!std::same_as<Verdict, ok>) {
    static_assert(Verdict::raised,
                  "kiln: rejected; the type named above says what, where, expected, actual");
    return false;
  } else {
    return true;
  }
}

static_assert(accepted<ok>());

}  // namespace kiln::core
