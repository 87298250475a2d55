// SPDX-License-Identifier: MIT
// Plans for MLP_2 in bf16.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_bf16_choices() { return mlp_2_choices<dtype::bf16>(); }
