// SPDX-License-Identifier: MIT
// The smallest program that uses kiln.
#include <kiln/version.hpp>

#include <cstdio>

int main() {
  std::printf("kiln %s\n", kiln::version.data());
  return kiln::version_major;
}
