// SPDX-License-Identifier: MIT
// Plans for MLP_1 in bf16, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_bf16_many() { return mlp_1_of_many<dtype::bf16>(); }
