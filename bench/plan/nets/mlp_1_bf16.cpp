// SPDX-License-Identifier: MIT
// Plans for MLP_1 in bf16.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_bf16_choices() { return mlp_1_choices<dtype::bf16>(); }
