// SPDX-License-Identifier: MIT
// Every kind of numbers: rows, columns and depths around the tile, guarded memory, exact or
// bounded.
#include <kiln/kernel/gemm/arithmetic.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/gemm/product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;
using product_test::product_of;
using product_test::sizes;

static_assert(gemm::neighbours(arithmetic::f32) == 1 && gemm::neighbours(arithmetic::f32_f16) == 1);
static_assert(gemm::neighbours(arithmetic::bf16) == 2 && gemm::neighbours(arithmetic::u8s8) == 4);
static_assert(gemm::a_elem_bytes(arithmetic::f32_bf16) == 4);
static_assert(gemm::b_elem_bytes(arithmetic::f32_bf16) == 2);
// Words of neighbours: panels of bf16 are the same whatever a is.
static_assert(gemm::panel_row_bytes(arithmetic::f32) == 64);
static_assert(gemm::panel_row_bytes(arithmetic::f32_bf16) == 64);
static_assert(gemm::panel_row_bytes(arithmetic::bf16) == 64);
static_assert(gemm::panel_row_bytes(arithmetic::s8s8) == 64);
static_assert(gemm::panel_row_bytes(arithmetic::f32_f16) == 32);

namespace {

constexpr kiln::tensor::tile tile{.mr = 3, .nv = 2};

// All rows and columns around the tile at a depth with a tail, all depths at one size.
template <arithmetic X>
void sweep() {
  constexpr std::size_t deep = gemm::neighbours(X);
  constexpr auto form = gemm::a_form::k_contiguous;
  for (std::size_t m = 1; m <= 7; ++m) {
    for (std::size_t n = 1; n <= 4 * simd::lanes + 1; n += n < 20 ? 1 : 5) {
      CAPTURE(m);
      CAPTURE(n);
      product_of<X> p(sizes{m, 2 * deep + 1, n, form, m % 3, n % 2}, static_cast<std::uint32_t>(n));
      product_test::run_dynamic<form, tile>(p);
      CHECK(p.is_right());
    }
  }
  for (std::size_t k = 0; k <= 6 * deep + 1; ++k) {
    CAPTURE(k);
    product_of<X> p(sizes{5, k, 19, form, 1, 1}, static_cast<std::uint32_t>(k));
    product_test::run_dynamic<form, tile>(p);
    CHECK(p.is_right());
  }
}

// Sizes known to the compiler, without and with a tail of k.
template <arithmetic X>
void static_sizes() {
  product_of<X> even(sizes{16, 64, 64});
  product_test::run_static<16, 64, 64>(even);
  CHECK(even.is_right());
  product_of<X> odd(sizes{1, 67, 41});
  product_test::run_static<1, 67, 41>(odd);
  CHECK(odd.is_right());
}

template <arithmetic X>
void extremes(int a, int b) {
  product_of<X> p(sizes{4, 103, 33});
  for (std::size_t k = 0; k < 103; ++k) {
    for (std::size_t i = 0; i < 4; ++i) p.a(i, k) = static_cast<gemm::a_element<X>>(a);
    for (std::size_t j = 0; j < 33; ++j) p.b(k, j) = static_cast<gemm::b_element<X>>(b);
  }
  p.pack();
  product_test::run_dynamic<gemm::a_form::k_contiguous, tile>(p);
  CHECK(p.is_right());
}

}  // namespace

TEST_CASE("f32 x f16") {
  sweep<arithmetic::f32_f16>();
  static_sizes<arithmetic::f32_f16>();
}
TEST_CASE("f32 x bf16") {
  sweep<arithmetic::f32_bf16>();
  static_sizes<arithmetic::f32_bf16>();
}
TEST_CASE("bf16 x bf16") {
  sweep<arithmetic::bf16>();
  static_sizes<arithmetic::bf16>();
}
TEST_CASE("u8 x s8") {
  sweep<arithmetic::u8s8>();
  static_sizes<arithmetic::u8s8>();
}
TEST_CASE("s8 x s8") {
  sweep<arithmetic::s8s8>();
  static_sizes<arithmetic::s8s8>();
}
TEST_CASE("u8 x s8 of seven bits") {
  sweep<arithmetic::u8s7>();
  static_sizes<arithmetic::u8s7>();
}

TEST_CASE("the largest and the smallest numbers do not saturate") {
  extremes<arithmetic::u8s8>(255, 127);
  extremes<arithmetic::u8s8>(255, -128);
  extremes<arithmetic::s8s8>(-128, -128);
  extremes<arithmetic::s8s8>(127, 127);
  extremes<arithmetic::s8s8>(-128, 127);
  extremes<arithmetic::u8s7>(255, 63);
  extremes<arithmetic::u8s7>(255, -64);
}

TEST_CASE("sums of whole numbers wrap around") {
  product_of<arithmetic::u8s8> p(sizes{2, 70000, 3});
  for (std::size_t k = 0; k < 70000; ++k) {
    for (std::size_t i = 0; i < 2; ++i) p.a(i, k) = 255;
    for (std::size_t j = 0; j < 3; ++j) p.b(k, j) = -128;
  }
  p.pack();
  product_test::run_dynamic<gemm::a_form::k_contiguous, tile>(p);
  CHECK(p.is_right());
}

TEST_CASE("numbers that were shifted to unsigned ones give the sums of the signed ones") {
  constexpr auto configured =
      gemm::configure(arithmetic::u8s8, tile, gemm::a_form::k_contiguous, 0, 0, 0, true);
  static_assert(configured.compensated == 1);
  product_of<arithmetic::s8s8> in_step(sizes{7, 30, 37});
  product_of<arithmetic::u8s8> shifted(sizes{7, 30, 37});
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t k = 0; k < 30; ++k) {
      shifted.a(i, k) = static_cast<std::uint8_t>(in_step.a(i, k) + 128);
    }
  }
  product_test::run_dynamic<gemm::a_form::k_contiguous, tile>(in_step);
  gemm::run<configured>(shifted.operands(), shifted.epilogue());
  CHECK(in_step.is_right());
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t j = 0; j < 37; ++j) CHECK(shifted.c(i, j) == in_step.c(i, j));
  }
}

namespace {

// The epilogue of a product with leave to keep partial sums where the results will be.
template <class Inner>
struct resumable final : Inner {
  [[nodiscard]] KILN_INLINE auto* partial(std::size_t row, std::size_t col) const {
    return this->c + static_cast<std::ptrdiff_t>(row) * this->row_stride
           + static_cast<std::ptrdiff_t>(col);
  }
};

// A depth that is cut into blocks, with a last step that lacks neighbours.
template <arithmetic X, int M, int K>
void depth_blocks() {
  constexpr auto c = gemm::configure(X, tile, gemm::a_form::k_contiguous, M, K, 21);
  static_assert(c.depth_blocks == 1 && c.depth_tail == 1);
  product_of<X> whole(sizes{M, K, 21});
  product_of<X> parts(sizes{M, K, 21});
  gemm::run<c>(whole.operands(), whole.epilogue());
  gemm::run<c>(parts.operands(), resumable<decltype(parts.epilogue())>{parts.epilogue()});
  CHECK(parts.is_right());
  for (std::size_t i = 0; i < M; ++i) {
    for (std::size_t j = 0; j < 21; ++j) CHECK(whole.c(i, j) == parts.c(i, j));
  }
}

}  // namespace

TEST_CASE("a long depth in blocks of whole steps") {
  depth_blocks<arithmetic::bf16, 90, 3101>();
  depth_blocks<arithmetic::u8s8, 90, 6201>();
  depth_blocks<arithmetic::s8s8, 90, 6203>();
}
