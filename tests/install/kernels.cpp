// SPDX-License-Identifier: MIT
// The smallest kernels: the floats of a vector.
#include <kiln/simd/pack.hpp>

#include <cstddef>

extern "C" const std::size_t* consumer_kernels() { return &kiln::simd::lanes; }
