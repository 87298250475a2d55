// SPDX-License-Identifier: MIT
// Kernels for large machines only. A number, a call and a variable of each thread.
#include "large.hpp"

#include <kiln/core/config.hpp>

#include "library.hpp"

namespace {

constexpr int bits = KILN_ISA_AVX512 == 1 ? 512 : 256;
thread_local constinit int times_asked = 0;

int bytes() {
  ++times_asked;
  return isa_test_bytes(bits);
}

int asked() { return times_asked; }

constinit const isa_test_number number{bits, &bytes, &asked};

}  // namespace

const isa_test_number* isa_test_large() { return &number; }
