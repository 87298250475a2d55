// SPDX-License-Identifier: MIT
// Plans for MLP_2 in u8, of few rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_u8_few() { return mlp_2_of_few<dtype::u8>(); }
