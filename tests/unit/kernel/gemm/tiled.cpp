// SPDX-License-Identifier: MIT
// Products on AMX tiles in all tails; the same sums as on vectors, the same bits for a row wherever
// it stands. On the hardware where there is some, else interpreted.
#include <kiln/kernel/gemm/tiled.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#if defined(__x86_64__)

#  include <cstddef>
#  include <support/amx_interpreter.hpp>
#  include <support/tiled_check.hpp>

namespace gemm = kiln::kernel::gemm;
using gemm::arithmetic;
using gemm::b_source;
using product_test::product_of;

namespace {

constexpr auto bytes = gemm::configure_tiled(arithmetic::u8s8, 64, 64);
static_assert(bytes.tiled == 1 && bytes.compensated == 0 && bytes.source == b_source::first_cache);
static_assert(gemm::configure_tiled(arithmetic::s8s8, 64, 64).compensated == 0);
static_assert(gemm::configure_tiled(arithmetic::bf16, 1024, 64).source == b_source::second_cache);
static_assert(gemm::configure_tiled(arithmetic::bf16, 0, 0).source == b_source::second_cache);
static_assert(gemm::configure_tiled(arithmetic::u8s8, 4096, 4096).source == b_source::memory);

// On the hardware if this process may use it, which takes a thousandth of the time.
bool start() {
  const bool real = kiln::simd::may_use_tiles();
  if (!real) kiln::test::interpret_amx();
  return real;
}

template <arithmetic X>
void check_sizes(bool all) {
  using kiln::test::check_all_tiled;
  constexpr auto near = b_source::first_cache;
  check_all_tiled<X, near>({1, 15, 17, 33}, {0, 1, 5, 65}, {1, 33});
  check_all_tiled<X, b_source::second_cache>({16, 49}, {64, 67}, {80});
  check_all_tiled<X, b_source::memory>({32, 49}, {64, 67}, {80});
  if (!all) return;
  check_all_tiled<X, near>({15, 32}, {512 / gemm::a_elem_bytes(X)}, {112, 144});
  check_all_tiled<X, near>({1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65},
                           {0, 1, 2, 3, 4, 5, 31, 32, 33, 61, 62, 63, 64, 65, 127, 128, 129},
                           {1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 80});
  check_all_tiled<X, b_source::second_cache>({15, 16, 32, 33, 64, 65}, {63, 64, 129}, {64, 65});
  check_all_tiled<X, b_source::memory>({15, 16, 32, 33, 64, 290}, {63, 64, 129}, {64, 65});
}

// What other rows are there must not change one.
template <arithmetic X>
bool rows_keep_their_bits() {
  constexpr std::size_t m = 35, k = 101, n = 18;
  product_of<X> together({.m = m, .k = k, .n = n}), apart({.m = m, .k = k, .n = n});
  gemm::run<gemm::configure_tiled(X, k, n)>(together.operands(), together.epilogue());
  bool same = true;
  for (const std::size_t rows : {std::size_t{1}, std::size_t{6}, std::size_t{17}}) {
    for (std::size_t first = 0; first + rows <= m; first += 9) {
      auto some = apart.operands();
      some.a += static_cast<std::ptrdiff_t>(first) * some.a_row;
      some.m = rows;
      auto to = apart.epilogue();
      to.c += static_cast<std::ptrdiff_t>(first) * apart.c_row();
      gemm::run<gemm::configure_tiled(X, k, n)>(some, to);
      for (std::size_t i = first; i < first + rows; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          same = same && std::memcmp(&apart.c(i, j), &together.c(i, j), 4) == 0;
        }
      }
    }
  }
  return same;
}

// Bytes on tiles against bytes on vectors: equal, where s8 a is shifted and corrected too.
template <arithmetic X>
bool equals_vectors() {
  constexpr int m = 21, k = 77, n = 35;
  product_of<X> on_tiles({.m = m, .k = k, .n = n}), on_vectors({.m = m, .k = k, .n = n});
  gemm::run<gemm::configure_tiled(X, k, n)>(on_tiles.operands(), on_tiles.epilogue());
  product_test::run_static<m, k, n>(on_vectors);
  bool same = true;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) same = same && on_tiles.c(i, j) == on_vectors.c(i, j);
  }
  return same;
}

}  // namespace

TEST_CASE("products of bytes on tiles are exact in all tails") {
  const bool real = start();
  check_sizes<arithmetic::u8s8>(real);
  check_sizes<arithmetic::s8s8>(real);
}
TEST_CASE("products of bf16 on tiles stay within their bound in all tails") {
  check_sizes<arithmetic::bf16>(start());
}
TEST_CASE("a row has the same bits in every batch and at every place") {
  start();
  CHECK(rows_keep_their_bits<arithmetic::bf16>());
  CHECK(rows_keep_their_bits<arithmetic::u8s8>());
}
TEST_CASE("tiles and vectors give the same sums of bytes") {
  start();
  CHECK(equals_vectors<arithmetic::u8s8>());
  CHECK(equals_vectors<arithmetic::s8s8>());
}
TEST_CASE("what is no number stays in its row and its column") {
  start();
  product_of<arithmetic::bf16> p({.m = 18, .k = 40, .n = 17});
  p.a(17, 39) = kiln::core::to_bf16(std::numeric_limits<float>::infinity());
  p.b(39, 16) = kiln::core::to_bf16(0.0F);
  p.b(39, 3) = kiln::core::to_bf16(1.0F);
  p.pack();
  gemm::run<gemm::configure_tiled(arithmetic::bf16, 40, 17)>(
      p.operands(), product_test::bias_relu{&p.c(0, 0), p.c_row(), std::vector<float>(17).data()});
  CHECK(std::isinf(p.c(17, 3)));
  CHECK(std::isfinite(p.c(16, 3)));
  CHECK(std::isfinite(p.c(16, 16)));
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
