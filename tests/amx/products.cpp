// SPDX-License-Identifier: MIT
// Products on AMX tiles, every tile instruction interpreted: this process never asks whether it may
// use tiles, so that the hardware refuses them. What the machine code does is counted.
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <support/amx_interpreter.hpp>
#include <support/tiled_check.hpp>

namespace gemm = kiln::kernel::gemm;
using gemm::arithmetic;
using gemm::b_source;
using kiln::test::amx_counts;
using kiln::test::paper;

namespace {

// What one product of this size executes.
template <arithmetic X>
amx_counts counts_of(std::size_t m, std::size_t k, std::size_t n) {
  static_cast<void>(kiln::test::take_interpreted());
  kiln::test::check_tiled<X, b_source::first_cache>(m, k, n);
  amx_counts counts = kiln::test::take_interpreted();
  counts.configs = counts.releases = 0;  // hardware with AMX executes these itself
  return counts;
}

}  // namespace

TEST_CASE("interpreted products are right in the tails") {
  kiln::test::interpret_amx();
  using kiln::test::check_all_tiled;
  constexpr auto near = b_source::first_cache;
  check_all_tiled<arithmetic::u8s8, near>({1, 16, 17, 33}, {1, 65}, {17, 64});
  check_all_tiled<arithmetic::s8s8, b_source::second_cache>({16, 33}, {66}, {64});
  check_all_tiled<arithmetic::bf16, b_source::memory>({15, 17, 33}, {33, 64}, {1, 64});
}

TEST_CASE("a product executes as many tile instructions as its blocks need") {
  kiln::test::interpret_amx();
  CHECK(counts_of<arithmetic::u8s8>(64, 128, 64) == paper(4, 2, 2, 2));
  CHECK(counts_of<arithmetic::s8s8>(64, 128, 64) == paper(4, 2, 2, 2));
  CHECK(counts_of<arithmetic::bf16>(32, 128, 96) == paper(3, 2, 2, 4));
  CHECK(counts_of<arithmetic::u8s8>(16, 192, 128) == paper(2, 1, 4, 3));
  CHECK(counts_of<arithmetic::bf16>(16, 96, 64) == paper(1, 1, 4, 3));
  // Blocks of every kind: of 2 x 2, 1 x 2, 2 x 1 and 1 x 1 tiles.
  const amx_counts mixed = counts_of<arithmetic::bf16>(48, 64, 48);
  CHECK(mixed == amx_counts{.loads = 2 * (4 + 3 + 3 + 2), .stores = 9, .zeros = 9, .dots = 18});
  // What is left of k takes one more step.
  CHECK(counts_of<arithmetic::u8s8>(32, 65, 32) == paper(1, 2, 2, 2));
}

// One row of tiles loads its own tile and four of b for four products that do not wait for each
// other; the panels leave the nearest cache to others where it cannot keep all of them.
TEST_CASE("16 rows take four panels at once") {
  kiln::test::interpret_amx();
  static_cast<void>(kiln::test::take_loads_once());
  const amx_counts five_loads{.loads = 5 * 8, .stores = 4, .zeros = 4, .dots = 4 * 8};
  CHECK(paper(1, 1, 4, 8) == five_loads);
  CHECK(counts_of<arithmetic::u8s8>(16, 512, 64) == five_loads);
  CHECK(counts_of<arithmetic::bf16>(9, 256, 64) == five_loads);
  CHECK(kiln::test::take_loads_once() == 0);
  CHECK(counts_of<arithmetic::s8s8>(16, 512, 128) == paper(2, 1, 4, 8));
  CHECK(kiln::test::take_loads_once() == 2 * 4 * 8);
  CHECK(counts_of<arithmetic::bf16>(16, 256, 128) == paper(2, 1, 4, 8));
  CHECK(kiln::test::take_loads_once() == 2 * 4 * 8);
  CHECK(counts_of<arithmetic::u8s8>(32, 512, 128) == paper(4, 2, 2, 8));
  CHECK(kiln::test::take_loads_once() == 4 * 2 * 8);
  // Rows further down need them again.
  CHECK(counts_of<arithmetic::u8s8>(64, 512, 128) == paper(8, 2, 2, 8));
  CHECK(kiln::test::take_loads_once() == 0);
}

TEST_CASE("tiles are configured once for all products while somebody holds them") {
  kiln::test::interpret_amx();
  const kiln::simd::tile_holder held;
  static_cast<void>(kiln::test::take_interpreted());
  for (int i = 0; i < 3; ++i)
    kiln::test::check_tiled<arithmetic::u8s8, b_source::first_cache>(16, 64, 16);
  CHECK(kiln::test::take_interpreted().configs <= 1);
}
