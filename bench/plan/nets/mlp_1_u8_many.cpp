// SPDX-License-Identifier: MIT
// Plans for MLP_1 in u8, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_u8_many() { return mlp_1_of_many<dtype::u8>(); }
