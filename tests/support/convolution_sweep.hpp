// SPDX-License-Identifier: MIT
// Convolutions of one kind of numbers: window over window, sizes, channels, groups, paddings.
#pragma once

#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/convolve.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/tensor/tile.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <unit/kernel/conv2d/problem.hpp>

namespace kiln::test {

namespace conv2d = kernel::conv2d;
namespace gemm = kernel::gemm;
using conv2d_test::problem;
using gemm::arithmetic;

/// The windows of which every pair is tried: one tap, even and odd numbers of them, with strides,
/// gaps and paddings.
inline constexpr conv2d::window windows[] = {{},
                                             {.taps = 2, .stride = 2},
                                             {.taps = 3, .before = 1},
                                             {.taps = 3, .stride = 2, .before = 1},
                                             {.taps = 3, .dilation = 2, .before = 2},
                                             {.taps = 1, .stride = 3},
                                             {.taps = 5, .before = 4},
                                             {.taps = 7, .stride = 2, .before = 3}};

/// Results in lines and pixels, and filters of a group.
struct results final {
  std::ptrdiff_t h;
  std::ptrdiff_t w;
  std::ptrdiff_t filters;
};

/// Packs and convolves on memory with guards around it.
template <conv2d::packed_config C, arithmetic X>
bool convolution_is_right(problem<X>& p) {
  const conv2d::sizes& s = p.sizes();
  constexpr bool compensated = C.product.compensated != 0;
  product_test::guarded_of<std::byte> packed(conv2d::packed_bytes(X, s, compensated));
  product_test::guarded_of<std::byte> workspace(conv2d::line_buffer(X, s).bytes());
  conv2d::pack_filters<X>(p.filters(), s, packed.data(), compensated);
  conv2d::convolve<C>(p.image(), packed.data(), s, workspace.data(), p.epilogue(), p.pad());
  return p.is_right();
}

/// The code of all convolutions with so many results: it expects every tail and every run, and
/// copies what it reads.
template <arithmetic X>
constexpr conv2d::packed_config code_of(const results& y) {
  const conv2d::window three{.taps = 3, .before = 1};
  const auto s = conv2d_test::sizes_of(y.h, y.w, 3, y.filters, three, three);
  const auto c = conv2d::configure_packed(X, s, conv2d::dense_strides(s), gemm::sums_integers(X));
  return {.product = {.block = {.mr = c.product.block.mr, .nv = c.product.block.nv},
                      .form = c.product.form,
                      .full_columns = c.product.full_columns,
                      .tail_packs = c.product.tail_packs,
                      .tail_masked = c.product.tail_masked,
                      .source = gemm::b_source::second_cache,
                      .numbers = X,
                      .depth_tail = gemm::neighbours(X) > 1 ? 1 : 0,
                      .compensated = gemm::shifts_a(X) ? 1 : 0},
          .copies = 1,
          .taps = 1,
          .lines_high = c.lines_high,
          .lines_low = c.lines_low,
          .pixels_high = c.pixels_high,
          .pixels_low = c.pixels_low};
}

/// Counts what is wrong instead of reporting each of it.
class convolution_verdicts final {
 public:
  template <conv2d::packed_config C, arithmetic X>
  void add(const conv2d::sizes& s, std::ptrdiff_t gap, gemm::a_element<X> pad = {}) {
    problem<X> p(s, gap, pad);
    ++all_;
    if (convolution_is_right<C>(p) || !first_.empty()) return;
    const auto text = [](const conv2d::window& w) {
      return std::to_string(w.taps) + " taps, stride " + std::to_string(w.stride) + ", dilation "
             + std::to_string(w.dilation) + ", padding " + std::to_string(w.before);
    };
    first_ = text(s.down) + " over " + text(s.across) + " of " + std::to_string(s.h) + " x "
             + std::to_string(s.w) + " x " + std::to_string(s.c) + ", groups "
             + std::to_string(s.groups) + ", gap " + std::to_string(gap);
  }
  void check(std::size_t at_least) const {
    CHECK_MESSAGE(first_.empty(), "first wrong convolution: ", first_);
    CHECK(all_ >= at_least);
  }

 private:
  std::size_t all_ = 0;
  std::string first_{};
};

/// Every window over every window, few and many channels, dense images and images with gaps,
/// padding as it is and as a number.
template <arithmetic X, results Y>
void sweep_windows(gemm::a_element<X> pad = {}) {
  constexpr auto code = code_of<X>(Y);
  convolution_verdicts all;
  for (const auto& down : windows) {
    for (const auto& across : windows) {
      for (const std::ptrdiff_t c : {1, 3, 6}) {
        const std::ptrdiff_t after = c % 2;
        const auto s = conv2d_test::sizes_of(Y.h, Y.w, c, Y.filters, down, across, after);
        all.add<code, X>(s, 0);
        all.add<code, X>(s, 2, pad);
      }
    }
  }
  all.check(2 * 3 * 64);
}

/// Channels around the steps of k and around the run up to which taps are taken together; groups.
template <arithmetic X, results Y>
void sweep_channels(gemm::a_element<X> pad = {}) {
  constexpr auto code = code_of<X>(Y);
  constexpr conv2d::window three{.taps = 3, .before = 1};
  convolution_verdicts all;
  for (const std::ptrdiff_t c : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 84, 85, 86, 87}) {
    all.add<code, X>(conv2d_test::sizes_of(Y.h, Y.w, c, Y.filters, three, three, 1), c % 2, pad);
  }
  for (const std::ptrdiff_t groups : {2, 3, 5}) {
    for (const std::ptrdiff_t c : {1, 2, 4, 7}) {
      for (const auto& across : windows) {
        const auto s = conv2d_test::sizes_of(
            Y.h, Y.w, groups * c, groups * Y.filters, three, across, c % 2, groups);
        all.add<code, X>(s, groups % 2, pad);
      }
    }
  }
  all.check(14 + 3 * 4 * 8);
}

/// Exactly the code that a convolution asks for.
template <arithmetic X, conv2d::sizes S, std::ptrdiff_t Gap = 0>
void check_exactly() {
  constexpr conv2d::image_strides strides{
      .batch = S.h * (S.w * (S.c + Gap) + Gap), .row = S.w * (S.c + Gap) + Gap, .pixel = S.c + Gap};
  constexpr auto code = conv2d::configure_packed(X, S, strides);
  convolution_verdicts all;
  all.add<code, X>(S, Gap);
  all.check(1);
}

/// One of each kind of code: products of all pixels, images read where they are, copied lines.
template <arithmetic X>
void sweep_kinds() {
  constexpr conv2d::window one{}, three{.taps = 3, .before = 1}, inner{.taps = 3},
      other{.stride = 2};
  constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
  check_exactly<X, conv2d::sizes{2, 3, 5, 7, lanes + 3, 3, 5, one, one}>();
  check_exactly<X, conv2d::sizes{2, 3, 5, 8, 2 * lanes, 3, 5, one, one}, 3>();
  check_exactly<X, conv2d::sizes{1, 5, 7, 6, lanes + 1, 3, 4, other, other}>();
  check_exactly<X, conv2d::sizes{1, 6, 9, 90, lanes, 4, 7, inner, inner}>();
  check_exactly<X, conv2d::sizes{1, 2, 3, 5, 1, 2, 3, three, three}>();
  // Pixels crowd a set of the nearest cache, in whole and with some left out.
  check_exactly<X, conv2d::sizes{1, 2, 3, 4096, 3, 2, 3, one, one}>();
  check_exactly<X, conv2d::sizes{1, 3, 3, 4096, 3, 2, 2, other, other}>();
}

}  // namespace kiln::test
