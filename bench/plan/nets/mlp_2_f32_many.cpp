// SPDX-License-Identifier: MIT
// Plans for MLP_2 in f32, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_f32_many() { return mlp_2_of_many<dtype::f32>(); }
