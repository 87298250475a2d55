// SPDX-License-Identifier: MIT
// Plans for layers of few rows and columns over a long k.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::deep_layers() {
  return {deep_choice<dtype::f32, 1, 8192, 32>(),
          deep_choice<dtype::f32, 4, 8192, 32>(),
          deep_choice<dtype::f32, 16, 4096, 48>(),
          deep_choice<dtype::f32, 1, 16384, 64>(),
          deep_choice<dtype::bf16, 1, 16384, 64>(),
          deep_choice<dtype::bf16, 16, 16384, 32>()};
}
