// SPDX-License-Identifier: MIT
// The smallest program that uses kiln, and kernels that are compiled with it.
#include <kiln/version.hpp>

#include <cstddef>
#include <cstdio>

extern "C" const std::size_t* consumer_kernels();

int main() {
  std::printf("kiln %s, vectors of %zu\n", kiln::version.data(), *consumer_kernels());
  return kiln::version_major;
}
