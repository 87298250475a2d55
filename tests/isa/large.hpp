// SPDX-License-Identifier: MIT
// The smallest kernels.
#pragma once

/// Bits of a vector.
struct isa_test_number final {
  int bits;
};

extern "C" const isa_test_number* isa_test_large();
extern "C" const char* isa_test_large_isa();
