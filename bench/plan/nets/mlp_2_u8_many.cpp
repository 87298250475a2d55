// SPDX-License-Identifier: MIT
// Plans for MLP_2 in u8, of many rows.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_u8_many() { return mlp_2_of_many<dtype::u8>(); }
