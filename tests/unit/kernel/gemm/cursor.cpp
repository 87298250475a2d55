// SPDX-License-Identifier: MIT
// The addresses that a register tile reads, step by step.
#include <kiln/kernel/gemm/cursor.hpp>

#include <doctest/doctest.h>

#include <cstddef>
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

float first(simd::pack x) { return simd::to_array(x)[0]; }

template <a_form Form>
void check_rows(std::ptrdiff_t a_row, std::ptrdiff_t a_k) {
  constexpr gemm::micro_shape shape{7, 1, Form, b_source::first_cache};
  const auto a = counting(400);
  const gemm::tile_place t{.a = a.data(),
                           .a_row = a_row,
                           .a_k = a_k,
                           .b = a.data(),
                           .b_stride = 4 * gemm::panel,
                           .next = a.data(),
                           .k = 4,
                           .row = 0,
                           .col = 0};
  gemm::a_cursor<shape> cursor(t);
  for (std::ptrdiff_t k = 0; k < 5; ++k) {
    for (std::size_t i = 0; i < 7; ++i) {
      const auto expected = static_cast<std::ptrdiff_t>(i) * a_row + k * a_k;
      CHECK(first(cursor.row(i)) == static_cast<float>(expected));
    }
    cursor.advance();
  }
}

template <int Packs, b_source Source>
void check_packs() {
  constexpr gemm::micro_shape shape{1, Packs, a_form::k_contiguous, Source};
  constexpr std::size_t k = 3;
  const auto b = counting(gemm::packed_elems(k, Packs * simd::lanes));
  const gemm::tile_place t{.a = b.data(),
                           .a_row = 1,
                           .a_k = 1,
                           .b = b.data(),
                           .b_stride = k * gemm::panel,
                           .next = b.data(),
                           .k = k,
                           .row = 0,
                           .col = 0};
  gemm::b_cursor<shape> cursor(t);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < Packs; ++j) {
      const std::size_t col = j * simd::lanes;
      CHECK(first(cursor.load(j))
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
static_assert(gemm::shape_of({}, 3, 2).mr == 3 && gemm::shape_of({}, 3, 2).nv == 2);

TEST_CASE("rows of a, in every form") {
  check_rows<a_form::k_contiguous>(20, 1);
  check_rows<a_form::row_contiguous>(1, 20);
  check_rows<a_form::strided>(30, 3);
}

TEST_CASE("packs of b, over one panel and over several") {
  constexpr int in_panel = static_cast<int>(gemm::panel / simd::lanes);
  check_packs<1, b_source::first_cache>();
  check_packs<in_panel, b_source::second_cache>();
  check_packs<5 * in_panel, b_source::memory>();
}
