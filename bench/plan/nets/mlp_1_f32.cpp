// SPDX-License-Identifier: MIT
// Plans for MLP_1 in f32.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_f32_choices() { return mlp_1_choices<dtype::f32>(); }
