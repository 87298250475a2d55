// SPDX-License-Identifier: MIT
// Plans for MLP_1 in f32, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_f32_many() { return mlp_1_of_many<dtype::f32>(); }
