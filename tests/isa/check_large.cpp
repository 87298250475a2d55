// SPDX-License-Identifier: MIT
// Kernels that some machines cannot run, and say so.
#include "check_large.hpp"

#include "large.hpp"
#include <cstdio>
#include <stdexcept>
#include <string>

int check_large() {
  try {
    const isa_test_number& number = *isa_test_large();
    const std::string isa = isa_test_large_isa();
    std::printf("isa %s\n", isa.c_str());
    const int bits = isa == "avx512" ? 512 : 256;
    const bool right = number.bits == bits && number.bytes() == bits / 8 && number.asked() == 1;
    return right ? 0 : 1;
  } catch (const std::runtime_error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}
