// SPDX-License-Identifier: MIT
// A library that kernels call: compiled once, linked by whoever links them.
#pragma once

/// Bytes of so many bits.
int isa_test_bytes(int bits);
