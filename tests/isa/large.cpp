// SPDX-License-Identifier: MIT
// Kernels for large machines only. The smallest there are: a number.
#include "large.hpp"

#include <kiln/core/config.hpp>

namespace {
constinit const isa_test_number number{KILN_ISA_AVX512 == 1 ? 512 : 256};
}

const isa_test_number* isa_test_large() { return &number; }
