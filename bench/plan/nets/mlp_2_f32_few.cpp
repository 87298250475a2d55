// SPDX-License-Identifier: MIT
// Plans for MLP_2 in f32, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_f32_few() { return mlp_2_of_few<dtype::f32>(); }
