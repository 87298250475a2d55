// SPDX-License-Identifier: MIT
// Rows of a step: usual blocks, small and large products, equal blocks.
#include <kiln/plan/row_block.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln;
using plan::block_rows;
using plan::row_chain;

constexpr core::target machine{core::isa::avx512, 16, 32, 48 << 10, 2 << 20};

constexpr tensor::dim fixed(std::int32_t n) { return {n}; }
constexpr tensor::dim dynamic{1, tensor::product_of(0)};

// 13-512-256-128 of floats.
constexpr row_chain usual{(512 + 256) * 4, 13 * 512 + 512 * 256 + 256 * 128, 3, 680000};
static_assert(plan::wanted_block_rows(usual, machine) == plan::usual_block_rows);
static_assert(block_rows(fixed(48), 48, usual, machine) == 48, "one block");
static_assert(block_rows(fixed(128), 128, usual, machine) == 64, "a divisor");
static_assert(block_rows(fixed(100), 100, usual, machine) == 50);
static_assert(block_rows(fixed(130), 130, usual, machine) == 44, "44 + 44 + 42, not 5 x 26");
static_assert(block_rows(fixed(97), 97, usual, machine) == 49, "no divisor");
static_assert(block_rows(dynamic, 100, usual, machine) == 56, "whole tiles of 14 rows");
static_assert(block_rows({2, tensor::product_of(0)}, 60, usual, machine) == 60,
              "at most one block");

// 64-64-64-64: the start of a stage would show.
constexpr row_chain small{(64 + 64) * 4, 3 * 64 * 64, 3, 49152};
static_assert(block_rows(fixed(512), 512, small, machine) == 256);
constexpr row_chain small_but_wide{64 * 1024, 3 * 64 * 64, 3, 49152};
static_assert(plan::wanted_block_rows(small_but_wide, machine) == plan::usual_block_rows);

// 4096-4096-4096: weights come from memory.
constexpr row_chain large{8192 * 4, 2LL * 4096 * 4096, 2, 8LL * 4096 * 4096};
static_assert(block_rows(fixed(512), 512, large, machine) == plan::far_block_rows);

// On a matrix unit: more rows, in whole blocks of its tiles.
constexpr core::target with_tiles{core::isa::avx512, 16, 32, 48 << 10, 1 << 20, true, false, true};
constexpr row_chain bytes{1024 + 1024, 3 * 1024 * 1024, 3, 3 << 20, true};
static_assert(block_rows(fixed(512), 512, bytes, with_tiles) == 256, "a divisor");
static_assert(block_rows(fixed(300), 300, bytes, with_tiles) == 160, "160 + 140");
static_assert(block_rows(fixed(48), 48, bytes, with_tiles) == 48, "one block");
static_assert(block_rows(dynamic, 512, bytes, with_tiles) == 256);
constexpr row_chain wide_bytes{8192, 3 * 1024 * 1024, 3, 3 << 20, true};
static_assert(plan::wanted_block_rows(wide_bytes, with_tiles) == 128, "what half a cache holds");

// No product at all.
static_assert(plan::wanted_block_rows({4096, 0, 0, 0, false}, machine) == plan::usual_block_rows);

}  // namespace

TEST_CASE("blocks cover all rows, none is more than a quarter smaller than it could be") {
  for (std::int32_t n = 1; n < 1000; ++n) {
    const std::int32_t step = block_rows(fixed(n), n, usual, machine);
    const std::int32_t steps = (n + step - 1) / step;
    CHECK(step <= plan::usual_block_rows);
    CHECK(steps <= (n + 63) / 64 * 4 / 3 + 1);
  }
}
