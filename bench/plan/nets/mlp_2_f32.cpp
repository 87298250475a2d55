// SPDX-License-Identifier: MIT
// Plans for MLP_2 in f32.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_f32_choices() { return mlp_2_choices<dtype::f32>(); }
