// SPDX-License-Identifier: MIT
// Plans for MLP_1 in f32, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_f32_few() { return mlp_1_of_few<dtype::f32>(); }
