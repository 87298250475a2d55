// SPDX-License-Identifier: MIT
// Plans for MLP_2 in u8.
#include <bench/plan/alternatives.hpp>

std::vector<bench::choice> bench::mlp_2_u8_choices() { return mlp_2_choices<dtype::u8>(); }
