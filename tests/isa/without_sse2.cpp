// SPDX-License-Identifier: MIT
// A program that some machines cannot run, and says so. Exit codes: 0 right, 1 wrong, 3 refused.
#include "large.hpp"
#include <cstdio>
#include <stdexcept>
#include <string>

int main() {
  try {
    const int bits = isa_test_large()->bits;
    const std::string isa = isa_test_large_isa();
    std::printf("isa %s\n", isa.c_str());
    return bits == (isa == "avx512" ? 512 : 256) ? 0 : 1;
  } catch (const std::runtime_error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}
