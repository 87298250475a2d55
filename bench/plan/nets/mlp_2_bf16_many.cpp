// SPDX-License-Identifier: MIT
// Plans for MLP_2 in bf16, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_bf16_many() { return mlp_2_of_many<dtype::bf16>(); }
