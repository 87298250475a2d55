// SPDX-License-Identifier: MIT
// Asks the installed kernels for their vectors.
#include <cstdio>

extern "C" int (*service())();
extern "C" const char* service_isa();

int main() {
  const int lanes = service()();
  std::printf("%s: vectors of %d\n", service_isa(), lanes);
  return lanes > 0 ? 0 : 1;
}
