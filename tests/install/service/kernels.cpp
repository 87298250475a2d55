// SPDX-License-Identifier: MIT
// Kernels that need everything that CMakeLists.txt says of them.
#include <kiln/simd/pack.hpp>

#include <depended.hpp>
#include <listed.hpp>

static_assert(listed == 1 && depended == 1 && SERVICE_LEVEL == 3 && SERVICE_OPTION == 4);

namespace {
const std::vector<int>* nothing = nullptr;  // its header is precompiled
}

extern "C" int (*service())();
extern "C" int (*service())() {
  return +[]() { return nothing == nullptr ? static_cast<int>(kiln::simd::lanes) : 0; };
}
