// SPDX-License-Identifier: MIT
// Single register tiles against sums in f64.
#include <kiln/core/int_math.hpp>
#include <kiln/kernel/gemm/micro.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::a_form;
using gemm::b_source;
using product_test::product;
using product_test::product_of;
using product_test::sizes;

namespace {

// A whole product as one register tile.
template <int Rows, int Packs, a_form Form, b_source Source>
bool tile_is_right(std::size_t k, std::size_t columns_cut) {
  const std::size_t n = Packs * simd::lanes - columns_cut;
  product p(sizes{Rows, k, n, Form, 3, 2}, static_cast<std::uint32_t>(k));
  const auto x = p.operands();
  const gemm::tile_place at{.a = reinterpret_cast<const std::byte*>(x.a),
                            .a_row = x.a_row * 4,
                            .a_k = x.a_k * 4,
                            .b = reinterpret_cast<const std::byte*>(x.b),
                            .b_stride = x.k * gemm::panel_row_bytes(gemm::arithmetic::f32),
                            .next = reinterpret_cast<const std::byte*>(x.b),
                            .k = k,
                            .row = 0,
                            .col = 0};
  constexpr gemm::micro_shape shape{Rows, Packs, Form, Source};
  if (columns_cut == 0) {
    gemm::micro<shape>(at, simd::all_lanes{}, p.epilogue());
  } else {
    gemm::micro<shape>(at, simd::mask::first(simd::lanes - columns_cut), p.epilogue());
  }
  return p.is_right();
}

template <int Rows, int Packs, a_form Form, b_source Source = b_source::first_cache>
void check_tile() {
  for (const std::size_t k : {0U, 1U, 2U, 3U, 17U, 64U}) {
    CAPTURE(k);
    CHECK(tile_is_right<Rows, Packs, Form, Source>(k, 0));
    if (simd::lanes > 1) CHECK(tile_is_right<Rows, Packs, Form, Source>(k, simd::lanes / 2));
  }
}

}  // namespace

TEST_CASE("tiles of every form of a") {
  constexpr int in_panel = static_cast<int>(gemm::panel / simd::lanes);
  check_tile<1, in_panel, a_form::k_contiguous>();
  check_tile<1, 1, a_form::row_contiguous>();
  check_tile<4, 1, a_form::k_contiguous, b_source::second_cache>();
  check_tile<3, 2 * in_panel, a_form::strided>();
  check_tile<7, 1, a_form::row_contiguous, b_source::memory>();
  check_tile<5, 1, a_form::strided, b_source::memory>();
}

namespace {

// A small convolution as one tile: lines of pixels, taps over two dimensions, channels in runs.
template <gemm::arithmetic X, int Rows, int Line>
class convolution final {
 public:
  static constexpr std::size_t taps_down = 3, taps_across = 2, out_w = 9;
  static constexpr std::size_t n = 2 * simd::lanes;

  explicit convolution(std::size_t c)
      : channels(c),
        k(taps_down * taps_across * c),
        image((lines + taps_down - 1) * width * c),
        whole(sizes{lines * out_w, k, n}) {
    product_test::random next(7);
    for (std::size_t i = 0; i < image.size(); ++i) {
      product_test::draw<X>(next, image.data()[i], false);
    }
    for (std::size_t i = 0; i < Rows; ++i) {
      for (std::size_t t = 0; t < k; ++t) {
        const std::size_t tap = t / channels, r = tap / taps_across, s = tap % taps_across;
        const std::size_t pixel = (i / Line + r) * width + i % Line + s;
        whole.a(row(i), t) = image.data()[pixel * channels + t % channels];
      }
    }
  }

  static std::size_t row(std::size_t i) { return i / Line * out_w + i % Line; }

  /// The weights, each run ending in a step of its own.
  [[nodiscard]] std::vector<gemm::b_element<X>> packed() {
    const std::size_t run = kiln::core::round_up(channels, gemm::neighbours(X));
    const std::size_t steps_k = taps_down * taps_across * run;
    std::vector<gemm::b_element<X>> rows(steps_k * n), to(gemm::packed_elems(X, steps_k, n));
    for (std::size_t t = 0; t < k; ++t) {
      for (std::size_t j = 0; j < n; ++j) {
        rows[(t / channels * run + t % channels) * n + j] = whole.b(t, j);
      }
    }
    gemm::pack_b<X>(rows.data(), static_cast<std::ptrdiff_t>(n), 1, steps_k, n, to.data());
    return to;
  }
  [[nodiscard]] gemm::tile_place place(const std::vector<gemm::b_element<X>>& weights) const {
    const auto bytes = [](std::size_t elems) {
      return static_cast<std::ptrdiff_t>(elems * sizeof(gemm::a_element<X>));
    };
    const auto* b = reinterpret_cast<const std::byte*>(weights.data());
    return {.a = reinterpret_cast<const std::byte*>(image.data()),
            .a_row = bytes(channels),
            .a_k = bytes(1),
            .b = b,
            .b_stride = weights.size() * sizeof(weights[0]) / ((n + 15) / 16),
            .next = b,
            .k = channels,
            .row = 0,
            .col = 0,
            .a_line = bytes(width * channels),
            .row_line = out_w,
            .taps = {.rows = taps_down,
                     .cols = taps_across,
                     .row_bytes = bytes(width * channels),
                     .col_bytes = bytes(channels)}};
  }
  // What one tile gives, compared with the product of the windows written out. Runs with tails add
  // up in another order than whole rows of neighbours.
  [[nodiscard]] bool is_right() {
    product_of<X> tile(sizes{lines * out_w, k, n});  // the same bias
    constexpr gemm::micro_shape shape{.mr = Rows,
                                      .nv = 2,
                                      .form = a_form::k_contiguous,
                                      .source = b_source::first_cache,
                                      .numbers = X,
                                      .depth_tail = 1,
                                      .line = Line == Rows ? 0 : Line,
                                      .taps = 1};
    gemm::micro<shape>(place(packed()), simd::all_lanes{}, tile.epilogue());
    constexpr auto c = gemm::configure(X, {.mr = 3, .nv = 2}, a_form::k_contiguous, 0, 0, 0);
    gemm::run<c>(whole.operands(), whole.epilogue());
    bool right = whole.is_right();
    for (std::size_t i = 0; i < Rows; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double difference =
            product_test::number(tile.c(row(i), j)) - product_test::number(whole.c(row(i), j));
        right = right && std::abs(difference) <= (product_of<X>::is_whole ? 0.0 : 1e-5);
      }
    }
    return right;
  }

 private:
  static constexpr std::size_t lines = (Rows + Line - 1) / Line;
  static constexpr std::size_t width = Line + taps_across - 1;

  std::size_t channels;
  std::size_t k;
  product_test::guarded_of<gemm::a_element<X>> image;
  product_of<X> whole;
};

template <gemm::arithmetic X, int Rows, int Line>
bool taps_are_right(std::size_t channels) {
  return convolution<X, Rows, Line>(channels).is_right();
}

}  // namespace

TEST_CASE("three dimensions of k, several lines of rows") {
  for (const std::size_t channels : {1U, 2U, 3U, 4U, 7U, 16U}) {
    CAPTURE(channels);
    CHECK(taps_are_right<gemm::arithmetic::f32, 6, 6>(channels));
    CHECK(taps_are_right<gemm::arithmetic::f32, 6, 4>(channels));
    CHECK(taps_are_right<gemm::arithmetic::bf16, 5, 3>(channels));
    CHECK(taps_are_right<gemm::arithmetic::f32_f16, 4, 2>(channels));
    CHECK(taps_are_right<gemm::arithmetic::u8s8, 6, 3>(channels));
  }
}
