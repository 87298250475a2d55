// SPDX-License-Identifier: MIT
// What kiln throws when bad input meets it at run time, and what happens without exceptions.
#pragma once

#include <kiln/core/config.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace kiln {

/// Bad input at run time: names the tensor, what was expected and what was found.
class error final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is called with the text of an error where exceptions are switched off. It must not return;
/// if it does, the program is aborted. All units of a program must agree on -fno-exceptions, as for
/// any header that asks for it.
using error_handler = void (*)(const char* text);

namespace core {

namespace detail {
inline void print_error(const char* text) { std::fprintf(stderr, "kiln: %s\n", text); }
// Atomic by the compilers' own functions: <atomic> would cost every unit a tenth of its headers.
inline error_handler installed_handler = &print_error;
}  // namespace detail

/// Reports bad input: throws kiln::error, or calls the handler and aborts under -fno-exceptions.
[[noreturn]] KILN_NOINLINE inline void raise(const std::string& text) {
#if KILN_EXCEPTIONS
  throw error(text);
#else
  __atomic_load_n(&detail::installed_handler, __ATOMIC_ACQUIRE)(text.c_str());
  std::abort();
#endif
}

}  // namespace core

/// Installs the handler for builds without exceptions and returns the one before. Thread-safe.
inline error_handler set_error_handler(error_handler handler) {
  return __atomic_exchange_n(&core::detail::installed_handler, handler, __ATOMIC_ACQ_REL);
}

}  // namespace kiln
