// SPDX-License-Identifier: MIT
// A quantised MLP, compiled for every instruction set.
#include "kernels.hpp"
#include <cstdint>
#include <span>
#include <support/requantized_mlp_net.hpp>

void run_mlp(const kiln::test::requantized_mlp& numbers,
             std::span<const std::uint8_t> x,
             std::span<std::int8_t> y) {
  kiln::test::requantized_mlp_net::run(numbers, x, y);
}
