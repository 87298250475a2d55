// SPDX-License-Identifier: MIT
// Plans for MLP_2 in bf16, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_bf16_few() { return mlp_2_of_few<dtype::bf16>(); }
