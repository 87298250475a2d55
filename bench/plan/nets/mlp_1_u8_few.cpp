// SPDX-License-Identifier: MIT
// Plans for MLP_1 in u8, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_u8_few() { return mlp_1_of_few<dtype::u8>(); }
