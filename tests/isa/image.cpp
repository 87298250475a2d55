// SPDX-License-Identifier: MIT
// A quantised convolution, compiled for every instruction set.
#include "kernels.hpp"
#include <cstdint>
#include <span>
#include <support/requantized_image_net.hpp>

void run_image(const kiln::test::requantized_image& numbers, std::span<std::uint8_t> y) {
  kiln::test::requantized_image_net::run(numbers, y);
}
