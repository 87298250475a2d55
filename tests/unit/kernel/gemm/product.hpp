// SPDX-License-Identifier: MIT
// Products on guarded memory, compared with sums in f64 within the bound that theory gives, or
// with sums in 64-bit integers.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/pack.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/pack.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <sys/mman.h>
#include <type_traits>
#include <unistd.h>
#include <vector>

namespace product_test {

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;

/// Elements between two pages that may not be touched; they end at the upper one, so most of them
/// start at an address that is aligned to nothing but an element.
template <class Element>
class guarded_of final {
 public:
  explicit guarded_of(std::size_t elems)
      : elems_(elems) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t inner = (elems * sizeof(Element) + page - 1) / page * page;
    bytes_ = inner + 2 * page;
    void* memory =
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    base_ = static_cast<char*>(memory);
    REQUIRE(mprotect(base_, page, PROT_NONE) == 0);
    REQUIRE(mprotect(base_ + page + inner, page, PROT_NONE) == 0);
    lowest_ = reinterpret_cast<Element*>(base_ + page);
    data_ = lowest_ + inner / sizeof(Element) - elems;
  }
  guarded_of(const guarded_of&) = delete;
  guarded_of& operator=(const guarded_of&) = delete;
  ~guarded_of() { munmap(base_, bytes_); }

  [[nodiscard]] Element* data() { return data_; }
  [[nodiscard]] const Element* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return elems_; }
  /// Where the same number of elements starts right behind the lower guard.
  [[nodiscard]] Element* lowest() { return lowest_; }

 private:
  std::size_t elems_;
  std::size_t bytes_ = 0;
  char* base_ = nullptr;
  Element* lowest_ = nullptr;
  Element* data_ = nullptr;
};
using guarded = guarded_of<float>;

/// Numbers in [-1, 1), the same in every run.
class random final {
 public:
  explicit random(std::uint32_t seed)
      : state_(seed * 2654435769U + 1U) {}
  float operator()() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<float>(static_cast<std::int32_t>(state_ >> 8)) / 8388608.0F - 1.0F;
  }

 private:
  std::uint32_t state_;
};

/// An element of a or of b: any byte, or a number in [-1, 1) rounded to its type.
template <gemm::arithmetic X, class Element>
void draw(random& next, Element& x, bool is_b) {
  if constexpr (sizeof(Element) == 1) {
    const bool narrow = is_b && X == gemm::arithmetic::u8s7;
    x = static_cast<Element>(static_cast<int>(next() * (narrow ? 64.0F : 128.0F)));
  } else if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    x = kiln::core::to_bf16(next());
  } else if constexpr (std::is_same_v<Element, kiln::core::f16>) {
    x = kiln::core::to_f16(next());
  } else {
    x = next();
  }
}

/// What an element stands for.
template <class Element>
double number(Element x) {
  if constexpr (std::is_class_v<Element>) {
    return double{kiln::core::to_float(x)};
  } else {
    return static_cast<double>(x);
  }
}

/// relu(start + a b + bias), as codegen writes an epilogue; with an address for what is kept of c.
struct bias_relu {
  float* c;
  std::ptrdiff_t row_stride;
  const float* bias;

  template <class Lanes>
  KILN_INLINE simd::pack columns(std::size_t col, Lanes m) const {
    return simd::load(bias + col, m);
  }
  template <class Lanes>
  KILN_INLINE simd::pack start(simd::pack, std::size_t, std::size_t, Lanes) const {
    return simd::zero();
  }
  template <class Lanes>
  KILN_INLINE void finish(
      simd::pack b, std::size_t row, std::size_t col, simd::pack v, Lanes m) const {
    float* at =
        c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(at, simd::max_or_second(simd::zero(), v + b), m);
  }
};

/// bias + a b, of whole numbers.
struct bias_store {
  std::int32_t* c;
  std::ptrdiff_t row_stride;
  const std::int32_t* bias;

  template <class Lanes>
  KILN_INLINE simd::int_pack columns(std::size_t col, Lanes m) const {
    return simd::load(bias + col, m);
  }
  template <class Lanes>
  KILN_INLINE simd::int_pack start(simd::int_pack b, std::size_t, std::size_t, Lanes) const {
    return b;
  }
  template <class Lanes>
  KILN_INLINE void finish(
      simd::int_pack, std::size_t row, std::size_t col, simd::int_pack v, Lanes m) const {
    std::int32_t* at =
        c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(at, v, m);
  }
};

/// The same, with leave to keep partial sums where the results will be.
struct resumable_bias_relu final : bias_relu {
  [[nodiscard]] KILN_INLINE float* partial(std::size_t row, std::size_t col) const {
    return c + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
  }
};

static_assert(gemm::epilogue<bias_relu> && !gemm::keeps_partials<bias_relu>);
static_assert(gemm::keeps_partials<resumable_bias_relu>);
static_assert(gemm::epilogue<bias_store, simd::int_pack> && !gemm::epilogue<bias_store>);

/// One product's sizes and strides; a gap is what lies between rows beyond their length.
struct sizes final {
  std::size_t m;
  std::size_t k;
  std::size_t n;
  gemm::a_form form = gemm::a_form::k_contiguous;
  std::size_t a_gap = 0;
  std::size_t c_gap = 0;
};

/// The operands and results of one product, on guarded memory.
template <gemm::arithmetic X>
class product_of final {
 public:
  using a_element = gemm::a_element<X>;
  using b_element = gemm::b_element<X>;
  using sum_element = gemm::sum_element<X>;

  explicit product_of(const sizes& s, std::uint32_t seed = 1)
      : s_(s),
        step_(s.form == gemm::a_form::strided ? 2 : 1),
        a_(is_transposed() ? span(s.k, s.m + s.a_gap, s.m)
                           : span(s.m, s.k * step_ + s.a_gap, s.k * step_)),
        b_(gemm::packed_elems(X, s.k, s.n)),
        bias_(s.n),
        c_(span(s.m, s.n + s.c_gap, s.n)),
        compensation_((s.n + 15) / 16 * 16),
        dense_b_(s.k * s.n) {
    random next(seed);
    for (std::size_t i = 0; i < a_.size(); ++i) draw<X>(next, a_.data()[i], false);
    for (auto& x : dense_b_) draw<X>(next, x, true);
    for (std::size_t i = 0; i < s.n; ++i) {
      bias_.data()[i] = static_cast<sum_element>(next() * (is_whole ? 100.0F : 1.0F));
    }
    for (std::size_t i = 0; i < c_.size(); ++i) c_.data()[i] = untouched;
    pack();
  }

  static constexpr bool is_whole = gemm::sums_integers(X);
  static constexpr sum_element untouched = -77777;  // no relu gives it, nor do short sums of bytes

  /// Packs b anew, after set_b().
  void pack() {
    gemm::pack_b<X>(dense_b_.data(), static_cast<std::ptrdiff_t>(s_.n), 1, s_.k, s_.n, b_.data());
    if constexpr (is_whole) gemm::compensate<X>(b_.data(), s_.k, s_.n, compensation_.data());
  }

  [[nodiscard]] gemm::operands_of<X> operands() const {
    return {.a = a_.data(),
            .a_row = a_row(),
            .a_k = a_k(),
            .b = b_.data(),
            .m = s_.m,
            .n = s_.n,
            .k = s_.k,
            .compensation = compensation_.data()};
  }
  [[nodiscard]] auto epilogue() {
    if constexpr (is_whole) {
      return bias_store{c_.data(), c_row(), bias_.data()};
    } else {
      return bias_relu{c_.data(), c_row(), bias_.data()};
    }
  }
  [[nodiscard]] a_element& a(std::size_t i, std::size_t k) {
    return a_
        .data()[static_cast<std::ptrdiff_t>(i) * a_row() + static_cast<std::ptrdiff_t>(k) * a_k()];
  }
  [[nodiscard]] b_element& b(std::size_t k, std::size_t j) { return dense_b_[k * s_.n + j]; }
  [[nodiscard]] sum_element& c(std::size_t i, std::size_t j) {
    return c_.data()[i * (s_.n + s_.c_gap) + j];
  }
  [[nodiscard]] std::ptrdiff_t c_row() const {
    return static_cast<std::ptrdiff_t>(s_.n + s_.c_gap);
  }

  /// True if every element is right, and if nothing between the rows was written.
  [[nodiscard]] bool is_right() {
    for (std::size_t i = 0; i < s_.m; ++i) {
      for (std::size_t j = 0; j < s_.n; ++j) {
        if (!element_is_right(i, j)) return false;
      }
      for (std::size_t j = s_.n; j < s_.n + s_.c_gap && i + 1 < s_.m; ++j) {
        if (c(i, j) != untouched) return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool is_transposed() const { return s_.form == gemm::a_form::row_contiguous; }
  [[nodiscard]] std::ptrdiff_t a_row() const {
    return is_transposed() ? 1 : static_cast<std::ptrdiff_t>(s_.k * step_ + s_.a_gap);
  }
  [[nodiscard]] std::ptrdiff_t a_k() const {
    return static_cast<std::ptrdiff_t>(is_transposed() ? s_.m + s_.a_gap : step_);
  }
  static std::size_t span(std::size_t rows, std::size_t stride, std::size_t length) {
    return rows == 0 ? 0 : (rows - 1) * stride + length;
  }
  // Whole numbers: the sum, wrapped around. Others: within k roundings of the sum (Higham 2002,
  // section 3.1: |error| <= k u / (1 - k u) sum |a b|, twice that where multiply and add round
  // apart), plus those of bias and of the result.
  [[nodiscard]] bool element_is_right(std::size_t i, std::size_t j) {
    if constexpr (is_whole) {
      std::int64_t sum = bias_.data()[j];
      for (std::size_t k = 0; k < s_.k; ++k) sum += std::int64_t{a(i, k)} * b(k, j);
      return c(i, j) == static_cast<std::int32_t>(static_cast<std::uint64_t>(sum));
    } else {
      constexpr double eps = std::numeric_limits<float>::epsilon();
      double sum = 0;
      double size = 0;
      for (std::size_t k = 0; k < s_.k; ++k) {
        const double term = number(a(i, k)) * number(b(k, j));
        sum += term;
        size += std::abs(term);
      }
      const double expected = std::max(0.0, sum + double{bias_.data()[j]});
      const double bound = eps * (static_cast<double>(s_.k) * size + std::abs(expected) + 1e-30);
      return std::abs(double{c(i, j)} - expected) <= bound;
    }
  }

  sizes s_;
  std::size_t step_;
  guarded_of<a_element> a_;
  guarded_of<b_element> b_;
  guarded_of<sum_element> bias_;
  guarded_of<sum_element> c_;
  guarded_of<std::int32_t> compensation_;
  std::vector<b_element> dense_b_;
};
using product = product_of<gemm::arithmetic::f32>;

inline bool same_bits(float x, float y) { return std::memcmp(&x, &y, sizeof x) == 0; }

/// A tile that compiles quickly, for what does not depend on the tile.
inline constexpr kiln::tensor::tile small_tile{.mr = 5, .nv = 2};

/// The product with every extent unknown to the compiler.
template <gemm::a_form Form,
          kiln::tensor::tile Block = kiln::tensor::default_tile(kiln::core::native),
          gemm::arithmetic X>
void run_dynamic(product_of<X>& p) {
  gemm::run<gemm::configure(X, Block, Form, 0, 0, 0)>(p.operands(), p.epilogue());
}

/// The product with every extent known.
template <int M, int K, int N, gemm::a_form Form = gemm::a_form::k_contiguous, gemm::arithmetic X>
void run_static(product_of<X>& p) {
  constexpr auto block = kiln::tensor::default_tile(kiln::core::native, M);
  gemm::run<gemm::configure(X, block, Form, M, K, N)>(p.operands(), p.epilogue());
}

}  // namespace product_test
