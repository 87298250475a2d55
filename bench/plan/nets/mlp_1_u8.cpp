// SPDX-License-Identifier: MIT
// Plans for MLP_1 in u8.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_1_u8_choices() { return mlp_1_choices<dtype::u8>(); }
