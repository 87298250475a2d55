// SPDX-License-Identifier: MIT
// Stops on a broken invariant of the library: a compile error in constant evaluation, else an
// abort.
#pragma once

#include <kiln/core/config.hpp>

#include <cstdio>
#include <cstdlib>

namespace kiln::core {

/// Reports a broken invariant. Not constexpr on purpose: reaching it in a constant expression stops
/// the compiler and shows the text in the note that points here.
[[noreturn]] KILN_NOINLINE inline void unreachable(const char* text) {
  std::fprintf(stderr, "kiln: internal error: %s\n", text);
  std::abort();
}

}  // namespace kiln::core
