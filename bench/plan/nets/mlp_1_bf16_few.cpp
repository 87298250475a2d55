// SPDX-License-Identifier: MIT
// Plans for MLP_1 in bf16, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_bf16_few() { return mlp_1_of_few<dtype::bf16>(); }
