// SPDX-License-Identifier: MIT
// Convolutions on AMX tiles, every tile instruction interpreted: this process never asks whether it
// may use tiles, so that the hardware refuses them. What the machine code does is counted.
#include <kiln/kernel/conv2d/tiled.hpp>

#include <doctest/doctest.h>

#include <support/amx_interpreter.hpp>
#include <support/tiled_convolutions.hpp>

namespace {

using namespace kiln::test;
using conv2d::window;
using conv2d_test::sizes_of;
using gemm::arithmetic;

constexpr window three{.taps = 3, .before = 1};
constexpr window halving{.taps = 3, .stride = 2, .before = 1};

template <conv2d::packed_config C>
amx_counts counts_of(const conv2d::sizes& s) {
  static_cast<void>(take_interpreted());
  check_tiled<C, C.product.numbers>(s);
  amx_counts counts = take_interpreted();
  counts.configs = counts.releases = 0;  // hardware with AMX executes these itself
  return counts;
}

}  // namespace

TEST_CASE("interpreted convolutions are right in the tails") {
  interpret_amx();
  check_tiled<tiled_code<arithmetic::u8s8, 3>, arithmetic::u8s8>(
      sizes_of(3, 7, 12, 19, three, halving, 1), 2, 131);
  check_tiled<tiled_code<arithmetic::s8s8, 16>, arithmetic::s8s8>(
      sizes_of(2, 17, 128, 34, halving, three, 1, 2), 0, 5);
  check_tiled<tiled_code<arithmetic::bf16, 10>, arithmetic::bf16>(
      sizes_of(3, 5, 40, 16, three, three, 1));
}

TEST_CASE("interpreted convolutions of few channels are right") {
  interpret_amx();
  constexpr window seven{.taps = 7, .stride = 2, .before = 3};
  auto s = sizes_of(3, 9, 3, 19, seven, seven, 2);
  s.stack = kiln::tensor::stack_lines(2, 3, 7, 4);
  check_tiled<stacked_code<arithmetic::u8s8, 11>, arithmetic::u8s8>(s, 0, 131);
  s.stack = kiln::tensor::stack_lines(1, 3, 7, 2);
  check_tiled<stacked_code<arithmetic::bf16, 14>, arithmetic::bf16>(s, 1);
}

TEST_CASE("a convolution executes as many tile instructions as its blocks need") {
  interpret_amx();
  // Two images of 4 lines of 7 results and one pixel between them: 31 positions are two tiles.
  CHECK(counts_of<tiled_code<arithmetic::u8s8, 16>>(sizes_of(4, 7, 128, 64, three, three, 1))
        == paper(2 * 2, 2, 2, 9 * 2));
  // Nothing lies between results of one tap: 6 lines of 8 are 3 tiles, of which two are one
  // block.
  const amx_counts pair = paper(2, 2, 2, 1), single = paper(2, 1, 2, 1);
  const amx_counts both{.loads = pair.loads + single.loads,
                        .stores = pair.stores + single.stores,
                        .zeros = pair.zeros + single.zeros,
                        .dots = pair.dots + single.dots};
  CHECK(counts_of<tiled_code<arithmetic::bf16, 16>>(
            sizes_of(6, 8, 32, 32, {.stride = 2}, {.stride = 2}))
        == both);
}
