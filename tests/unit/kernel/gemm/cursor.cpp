// SPDX-License-Identifier: MIT
// The addresses that a register tile reads, step by step.
#include <kiln/kernel/gemm/cursor.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <vector>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::a_form;
using gemm::b_source;

namespace {

std::vector<float> counting(std::size_t elems) {
  std::vector<float> v(elems);
  for (std::size_t i = 0; i < elems; ++i) v[i] = static_cast<float>(i);
  return v;
}

float first(const std::byte* p) {
  float x;
  std::memcpy(&x, p, sizeof x);
  return x;
}

const std::byte* bytes(const std::vector<float>& v) {
  return reinterpret_cast<const std::byte*>(v.data());
}

template <a_form Form>
void check_rows(std::ptrdiff_t a_row, std::ptrdiff_t a_k) {
  constexpr gemm::micro_shape shape{7, 1, Form, b_source::first_cache};
  const auto a = counting(400);
  const gemm::tile_place t{.a = bytes(a),
                           .a_row = a_row * 4,
                           .a_k = a_k * 4,
                           .b = bytes(a),
                           .b_stride = 16 * gemm::panel,
                           .next = bytes(a),
                           .k = 4,
                           .row = 0,
                           .col = 0};
  gemm::a_cursor<shape> cursor(t);
  for (std::ptrdiff_t k = 0; k < 5; ++k) {
    for (std::size_t i = 0; i < 7; ++i) {
      const auto expected = static_cast<std::ptrdiff_t>(i) * a_row + k * a_k;
      CHECK(first(cursor.at(i)) == static_cast<float>(expected));
    }
    cursor.advance();
  }
}

template <int Packs, b_source Source>
void check_packs() {
  constexpr gemm::micro_shape shape{1, Packs, a_form::k_contiguous, Source};
  constexpr std::size_t k = 3;
  const auto b = counting(gemm::packed_elems(k, Packs * simd::lanes));
  const gemm::tile_place t{.a = bytes(b),
                           .a_row = 1,
                           .a_k = 1,
                           .b = bytes(b),
                           .b_stride = k * gemm::panel_row_bytes(gemm::arithmetic::f32),
                           .next = bytes(b),
                           .k = k,
                           .row = 0,
                           .col = 0};
  gemm::b_cursor<shape> cursor(t);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < Packs; ++j) {
      const std::size_t col = j * simd::lanes;
      cursor.prefetch();
      CHECK(first(cursor.at(j))
            == b[(col / gemm::panel * k + i) * gemm::panel + col % gemm::panel]);
    }
    cursor.advance();
  }
}

}  // namespace

static_assert(gemm::shape_of({.form = a_form::strided}, 3, 2).form == a_form::strided);
// Only products of single rows have several chains: the last row of many has one, like the others.
static_assert(gemm::shape_of({.block = {.mr = 1, .nv = 4}}, 1, 4).chains == 2);
static_assert(gemm::shape_of({.block = {.mr = 1, .nv = 4}}, 1, 1).chains == 8);
static_assert(gemm::shape_of({.block = {.mr = 6, .nv = 2}, .rows_high = 1}, 1, 2).chains == 1);
// A single row leaves prefetching within the second cache to the machine.
constexpr b_source source_at(int rows, b_source source) {
  return gemm::source_of({.block = {.mr = 4, .nv = 2}, .source = source}, rows);
}
static_assert(source_at(2, b_source::memory) == b_source::memory);
static_assert(source_at(1, b_source::memory) == b_source::second_cache);
static_assert(source_at(1, b_source::second_cache) == b_source::first_cache);
static_assert(gemm::shape_of({}, 3, 2).mr == 3 && gemm::shape_of({}, 3, 2).nv == 2);

TEST_CASE("rows of a, in every form") {
  check_rows<a_form::k_contiguous>(20, 1);
  check_rows<a_form::row_contiguous>(1, 20);
  check_rows<a_form::strided>(30, 3);
}

TEST_CASE("rows of several lines, neighbours that a step takes together") {
  constexpr gemm::micro_shape shape{.mr = 8,
                                    .nv = 1,
                                    .form = a_form::k_contiguous,
                                    .source = b_source::first_cache,
                                    .numbers = gemm::arithmetic::u8s8,
                                    .line = 5};
  const auto a = counting(400);
  const gemm::tile_place t{.a = bytes(a),
                           .a_row = 12,
                           .a_k = 1,
                           .b = bytes(a),
                           .b_stride = 64,
                           .next = bytes(a),
                           .k = 8,
                           .row = 0,
                           .col = 0,
                           .a_line = 400};
  gemm::a_cursor<shape> cursor(t);
  for (std::ptrdiff_t k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < 8; ++i) {
      const std::size_t in_line = i % 5;
      CHECK(cursor.at(i) == bytes(a) + i / 5 * 400 + in_line * 12 + k * 4);
    }
    cursor.advance();
  }
  cursor.skip(-16);
  CHECK(cursor.at(0) == bytes(a));
}

TEST_CASE("packs of b, over one panel and over several") {
  constexpr int in_panel = static_cast<int>(gemm::panel / simd::lanes);
  check_packs<1, b_source::first_cache>();
  check_packs<in_panel, b_source::second_cache>();
  check_packs<5 * in_panel, b_source::memory>();
}
