// SPDX-License-Identifier: MIT
// The smallest kernels.
#pragma once

/// What a vector holds.
struct isa_test_number final {
  int bits;
  /// A library's function, asked by the kernels.
  int (*bytes)();
  /// How often this thread asked for bytes.
  int (*asked)();
};

extern "C" const isa_test_number* isa_test_large();
extern "C" const char* isa_test_large_isa();
