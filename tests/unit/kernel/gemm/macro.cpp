// SPDX-License-Identifier: MIT
// Whole products: every tail, every form, guarded memory, error bounds, the same bits everywhere.
#include <kiln/kernel/gemm/macro.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::a_form;
using product_test::product;
using product_test::run_dynamic;
using product_test::run_static;
using product_test::same_bits;
using product_test::sizes;
using product_test::small_tile;

namespace {

constexpr auto block = kiln::tensor::default_tile(kiln::core::native);
constexpr auto most_rows = static_cast<std::size_t>(2 * block.mr + 1);
constexpr auto most_columns = 2 * static_cast<std::size_t>(block.nv) * simd::lanes + 1;

template <int M, int K, int N, a_form Form = a_form::k_contiguous>
void check_static() {
  CAPTURE(M);
  CAPTURE(K);
  CAPTURE(N);
  product p(sizes{M, K, N, Form, 2, 3});
  run_static<M, K, N, Form>(p);
  CHECK(p.is_right());
}

}  // namespace

TEST_CASE("every row and column tail") {
  for (std::size_t m = 1; m <= most_rows; ++m) {
    for (std::size_t n = 1; n <= most_columns; ++n) {
      product p(sizes{m, 5, n, a_form::k_contiguous, m % 3, n % 2});
      run_dynamic<a_form::k_contiguous>(p);
      CAPTURE(m);
      CAPTURE(n);
      CHECK(p.is_right());
    }
  }
}

TEST_CASE("every depth") {
  for (std::size_t k = 0; k <= 20; ++k) {
    for (const std::size_t m : {1U, 3U, 7U}) {
      CAPTURE(k);
      CAPTURE(m);
      product p(sizes{m, k, 19, a_form::k_contiguous, 1, 1});
      run_dynamic<a_form::k_contiguous>(p);
      CHECK(p.is_right());
    }
  }
  for (const std::size_t k : {63U, 100U, 257U}) {
    product p(sizes{17, k, 33, a_form::k_contiguous, 0, 0});
    run_dynamic<a_form::k_contiguous>(p);
    CHECK(p.is_right());
  }
}

TEST_CASE("transposed and strided left-hand sides") {
  for (std::size_t m = 1; m <= most_rows; m += 2) {
    for (const std::size_t n : {std::size_t{1}, std::size_t{16}, most_columns}) {
      CAPTURE(m);
      CAPTURE(n);
      product transposed(sizes{m, 6, n, a_form::row_contiguous, 1, 0});
      run_dynamic<a_form::row_contiguous, small_tile>(transposed);
      CHECK(transposed.is_right());
      product strided(sizes{m, 6, n, a_form::strided, 1, 0});
      run_dynamic<a_form::strided, small_tile>(strided);
      CHECK(strided.is_right());
    }
  }
}

TEST_CASE("sizes known to the compiler") {
  check_static<1, 64, 200>();
  check_static<1, 3, 10>();
  check_static<4, 16, 97>();
  check_static<16, 64, 64>();
  check_static<33, 100, 77>();
  check_static<15, 7, 33, a_form::row_contiguous>();
}

TEST_CASE("a row of a with a negative stride") {
  product p(sizes{5, 9, 20});
  auto x = p.operands();
  x.a = &p.a(4, 0);
  x.a_row = -x.a_row;
  gemm::run<gemm::configure(block, a_form::k_contiguous, 0, 0, 0)>(x, p.epilogue());
  std::vector<float> reversed;
  for (std::size_t i = 0; i < 5; ++i) reversed.push_back(p.c(4 - i, 19));
  run_dynamic<a_form::k_contiguous>(p);
  CHECK(p.is_right());
  for (std::size_t i = 0; i < 5; ++i) CHECK(same_bits(reversed[i], p.c(i, 19)));
}

TEST_CASE("nothing to do: no rows, no columns, no depth") {
  product rows(sizes{0, 4, 4});
  run_dynamic<a_form::k_contiguous>(rows);
  product columns(sizes{4, 4, 0});
  run_dynamic<a_form::k_contiguous>(columns);
  product depth(sizes{3, 0, 21, a_form::k_contiguous, 0, 2});
  run_dynamic<a_form::k_contiguous>(depth);
  CHECK(depth.is_right());  // relu(bias)
}

TEST_CASE("accumulation onto c is the chain continued") {
  constexpr std::size_t m = 17;
  constexpr std::size_t n = 35;
  product p(sizes{m, 24, n});
  std::vector<float> whole(m * n);
  std::vector<float> halves(m * n);
  constexpr auto c = gemm::configure(block, a_form::k_contiguous, 0, 0, 0);
  gemm::run<c>(p.operands(), gemm::plain_store{.c = whole.data(), .row_stride = n});
  // The same in two blocks of k, the second starting from what the first stored.
  std::vector<float> dense(24 * n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < 24; ++k)
      dense[k * n + j] = p.operands().b[(j / 16 * 24 + k) * 16 + j % 16];
  }
  std::vector<float> packed(gemm::packed_elems(12, n));
  for (int half = 0; half < 2; ++half) {
    auto x = p.operands();
    gemm::pack_b(
        dense.data() + static_cast<std::size_t>(half) * 12 * n, n, 1, 12, n, packed.data());
    x.a += half * 12;
    x.b = packed.data();
    x.k = 12;
    gemm::run<c>(x,
                 gemm::plain_store{.c = halves.data(), .row_stride = n, .accumulate = half == 1});
  }
  for (std::size_t i = 0; i < m * n; ++i) CHECK(same_bits(whole[i], halves[i]));
}

TEST_CASE("a long depth in blocks has the bits of a whole one") {
  constexpr int m = 65;
  constexpr int k = 2101;
  constexpr int n = 37;
  constexpr auto c = gemm::configure(small_tile, a_form::k_contiguous, m, k, n);
  static_assert(c.depth_blocks == 1);
  product whole(sizes{m, k, n, a_form::k_contiguous, 0, 2});
  gemm::run<c>(whole.operands(), whole.epilogue());
  product parts(sizes{m, k, n, a_form::k_contiguous, 0, 2});
  gemm::run<c>(parts.operands(), product_test::resumable_bias_relu{parts.epilogue()});
  CHECK(parts.is_right());
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) CHECK(same_bits(whole.c(i, j), parts.c(i, j)));
  }
}

TEST_CASE("a row has the same bits wherever it stands and whoever computes it") {
  const sizes s{33, 100, 77, a_form::k_contiguous, 3, 1};
  product whole(s);
  run_static<33, 100, 77>(whole);
  product dynamic(s);
  run_dynamic<a_form::k_contiguous>(dynamic);
  for (std::size_t i = 0; i < s.m; ++i) {
    std::vector<float> alone(s.n);
    auto x = whole.operands();
    x.a = &whole.a(i, 0);
    x.m = 1;
    auto ep = whole.epilogue();
    ep.c = alone.data();
    gemm::run<gemm::configure(block, a_form::k_contiguous, 1, 100, 77)>(x, ep);
    for (std::size_t j = 0; j < s.n; ++j) {
      CHECK(same_bits(alone[j], whole.c(i, j)));
      CHECK(same_bits(dynamic.c(i, j), whole.c(i, j)));
    }
  }
}

TEST_CASE("single rows have the same bits whether one or many are computed") {
  constexpr kiln::tensor::tile single{.mr = 1, .nv = block.nv};
  const sizes s{5, 51, 3 * simd::lanes + 1};
  product many(s);
  gemm::run<gemm::configure(single, a_form::k_contiguous, 0, 0, 0)>(many.operands(),
                                                                    many.epilogue());
  CHECK(many.is_right());
  for (std::size_t i = 0; i < s.m; ++i) {
    product one(s);
    auto x = one.operands();
    x.a = &one.a(i, 0);
    x.m = 1;
    gemm::run<gemm::configure(single, a_form::k_contiguous, 1, 0, 0)>(x, one.epilogue());
    for (std::size_t j = 0; j < s.n; ++j) CHECK(same_bits(one.c(0, j), many.c(i, j)));
  }
}

TEST_CASE("not a number and infinity stay in their row") {
  product p(sizes{9, 8, 20});
  p.a(2, 3) = std::numeric_limits<float>::quiet_NaN();
  p.a(5, 7) = std::numeric_limits<float>::infinity();
  run_dynamic<a_form::k_contiguous>(p);
  for (std::size_t j = 0; j < 20; ++j) {
    CHECK(std::isnan(p.c(2, j)));
    const bool is_limit = p.c(5, j) == 0.0F || std::isinf(p.c(5, j));
    CHECK(is_limit);
    CHECK(std::isfinite(p.c(4, j)));
    CHECK(std::isfinite(p.c(8, j)));
  }
}
