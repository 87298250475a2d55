// SPDX-License-Identifier: MIT
// Configurations: what sizes ask for, and that different ones never share code.
#include <kiln/kernel/gemm/config.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace gemm = kiln::kernel::gemm;
using gemm::a_form;
using gemm::b_source;
using gemm::configure;

namespace {

constexpr int lanes = static_cast<int>(kiln::simd::lanes);
constexpr kiln::tensor::tile two{.mr = 6, .nv = 2};
constexpr auto of(int m, int k, int n) { return configure(two, a_form::k_contiguous, m, k, n); }

static_assert(of(12, 8, 4 * lanes).rows_high == 6 && of(12, 8, 4 * lanes).rows_low == 0);
static_assert(of(13, 8, 4 * lanes).rows_high == 5 && of(13, 8, 4 * lanes).rows_low == 4);
static_assert(of(0, 8, 4 * lanes).rows_high == 0);
static_assert(of(12, 8, 4 * lanes).tail_packs == 0 && of(12, 8, 4 * lanes).tail_masked == 0);
static_assert(of(12, 8, 3 * lanes).tail_packs == 1 && of(12, 8, 3 * lanes).tail_masked == 0);
static_assert(of(12, 8, lanes).full_columns == 0 && of(12, 8, 2 * lanes).full_columns == 1);
static_assert(lanes == 1
              || (of(12, 8, 3 * lanes - 1).tail_packs == 1
                  && of(12, 8, 3 * lanes - 1).tail_masked == 1));
static_assert(lanes == 1
              || (of(12, 8, 4 * lanes - 1).tail_packs == 2
                  && of(12, 8, 4 * lanes - 1).tail_masked == 1));
static_assert(of(12, 8, 0).tail_packs == gemm::any_tail && of(12, 8, 0).full_columns == 1);
static_assert(of(12, 8, 64).source == b_source::first_cache);
static_assert(of(12, 4096, 64).source == b_source::second_cache);
static_assert(of(12, 65536, 65536).source == b_source::memory);
static_assert(of(12, 0, 64).source == b_source::memory && of(12, 64, 0).source == b_source::memory);
static_assert(of(100, 3072, 64).depth_blocks == 1 && of(100, 1024, 64).depth_blocks == 0);
static_assert(of(1, 3072, 64).depth_blocks == 0 && of(0, 3072, 64).depth_blocks == 0);
// Sizes that need the same code share it.
static_assert(of(12, 1 << 20, 4 * lanes) == of(24, 1 << 21, 8 * lanes));

// A step of four neighbours may lack some at the end of k; products of a shifted a are corrected.
constexpr auto of_bytes(gemm::arithmetic x, int k, bool compensated = false) {
  return configure(x, two, a_form::k_contiguous, 12, k, 64, compensated);
}
using gemm::arithmetic;
static_assert(of_bytes(arithmetic::u8s8, 8).depth_tail == 0);
static_assert(of_bytes(arithmetic::u8s8, 9).depth_tail == 1);
static_assert(of_bytes(arithmetic::u8s8, 0).depth_tail == 1);
static_assert(of_bytes(arithmetic::bf16, 9).depth_tail == 1);
static_assert(of(12, 9, 64).depth_tail == 0);
static_assert(of_bytes(arithmetic::u8s8, 8).compensated == 0);
static_assert(of_bytes(arithmetic::u8s8, 8, true).compensated == 1);
static_assert(of_bytes(arithmetic::s8s8, 8).compensated == 1);
// Bytes are four times as many in the same cache.
static_assert(of_bytes(arithmetic::u8s8, 256).source == b_source::first_cache);
static_assert(of(12, 256, 64).source == b_source::second_cache);
// Other heights and nothing else.
static_assert(gemm::with_rows(of(13, 8, 64), 3, 2).rows_high == 3);
constexpr auto odd = of_bytes(arithmetic::s8s8, 9);
static_assert(gemm::with_rows(odd, odd.rows_high, odd.rows_low) == odd);
// Steps that need registers get a tile that leaves them.
constexpr bool leaves_registers(arithmetic x) {
  const auto t = gemm::fitting(x, kiln::tensor::default_tile(kiln::core::native));
  return t.mr * t.nv + t.nv + 1 + gemm::spare_registers(x) <= kiln::core::native.registers
         && gemm::matches_panels(t);
}
static_assert(leaves_registers(arithmetic::f32) && leaves_registers(arithmetic::f32_bf16));
static_assert(leaves_registers(arithmetic::bf16) && leaves_registers(arithmetic::s8s8));
static_assert(leaves_registers(arithmetic::u8s8) && leaves_registers(arithmetic::u8s7));
static_assert(gemm::fitting(arithmetic::f32, two) == two);
// Plans and kernels say the same of numbers.
static_assert(gemm::factors_of(arithmetic::f32_f16).b == kiln::tensor::dtype::f16);
static_assert(gemm::factors_of(arithmetic::u8s7) == gemm::factors_of(arithmetic::u8s8));
// On tiles only numbers and the cache that b comes from count.
static_assert(gemm::configure_tiled(arithmetic::bf16, 64, 64)
              == gemm::configure_tiled(arithmetic::bf16, 96, 48));
static_assert(gemm::with_rows(gemm::configure_tiled(arithmetic::u8s8, 8, 8), 0, 0)
              == gemm::configure_tiled(arithmetic::u8s8, 8, 8));
// Where rows cost more than columns tiles are wide.
static_assert(gemm::widened(arithmetic::u8s8, {.mr = 14, .nv = 2}, 64).mr == 14);
static_assert(lanes < 16 || gemm::widened(arithmetic::s8s8, {.mr = 14, .nv = 2}, 64).nv == 4);
static_assert(lanes < 16 || gemm::widened(arithmetic::s8s8, {.mr = 14, .nv = 2}, 48).nv == 3);
static_assert(gemm::widened(arithmetic::s8s8, two, 64) == two);

static_assert(gemm::matches_panels(kiln::tensor::default_tile(kiln::core::native)));
static_assert(gemm::matches_panels(kiln::tensor::default_tile(kiln::core::native, 1)));
static_assert(lanes != 8 || !gemm::matches_panels({.mr = 4, .nv = 3}));

// Configurations are template arguments: two that differ in one field must never share a function.
template <gemm::config C>
[[gnu::noinline]] int code() {
  return C.block.mr + 100 * C.block.nv + 10000 * static_cast<int>(C.form) + 100000 * C.full_columns
         + 1000000 * (C.tail_packs + 2) + 10000000 * C.tail_masked + 20000000 * C.rows_high
         + 3 * C.rows_low + 7 * static_cast<int>(C.source) + 31 * C.depth_blocks
         + 61 * static_cast<int>(C.numbers) + 1009 * C.depth_tail + 2003 * C.compensated
         + 4001 * C.tiled;
}

template <int Field>
constexpr gemm::config changed() {
  gemm::config c{.block = {.mr = 6, .nv = 2}};
  if (Field == 1) c.block.mr = 7;
  if (Field == 2) c.block.nv = 3;
  if (Field == 3) c.form = a_form::strided;
  if (Field == 4) c.full_columns = 0;
  if (Field == 5) c.tail_packs = 1;
  if (Field == 6) c.tail_masked = 1;
  if (Field == 7) c.rows_high = 1;
  if (Field == 8) c.rows_low = 1;
  if (Field == 10) c.depth_blocks = 1;
  if (Field == 11) c.numbers = gemm::arithmetic::bf16;
  if (Field == 12) c.depth_tail = 1;
  if (Field == 13) c.compensated = 1;
  if (Field == 14) c.tiled = 1;
  if (Field == 9) c.source = b_source::first_cache;
  return c;
}

}  // namespace

TEST_CASE("configurations that differ are different template arguments") {
  const std::vector<int> codes{code<changed<0>()>(),
                               code<changed<1>()>(),
                               code<changed<2>()>(),
                               code<changed<3>()>(),
                               code<changed<4>()>(),
                               code<changed<5>()>(),
                               code<changed<6>()>(),
                               code<changed<7>()>(),
                               code<changed<8>()>(),
                               code<changed<9>()>(),
                               code<changed<10>()>(),
                               code<changed<11>()>(),
                               code<changed<12>()>(),
                               code<changed<13>()>(),
                               code<changed<14>()>()};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(codes[i] != codes[j]);
  }
}

TEST_CASE("a static number of rows needs at most two heights, and they add up") {
  for (int m = 1; m <= 200; ++m) {
    const auto c = of(m, 8, lanes);
    const kiln::tensor::row_split split(m, two.mr);
    int rows = 0;
    for (int t = 0; t < split.tiles; ++t) {
      CHECK(split.begin(t) == rows);
      const bool known = split.height(t) == c.rows_high || split.height(t) == c.rows_low;
      CHECK(known);
      rows += split.height(t);
    }
    CHECK(rows == m);
  }
}
