// SPDX-License-Identifier: MIT
// The code of convolution stages: axes [b, p, q, f], operands over their own axes.
#pragma once

#include <kiln/codegen/store_program.hpp>
#include <kiln/codegen/window.hpp>
#include <kiln/core/unreachable.hpp>
#include <kiln/kernel/conv2d/convolve.hpp>
#include <kiln/kernel/conv2d/depthwise.hpp>
#include <kiln/kernel/conv2d/direct.hpp>
#include <kiln/simd/amx_use.hpp>

#include <cstddef>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

// Built in one piece, as kernel::gemm::with_rows: g++ 12.2 gives template arguments that were
// filled member by member wrong symbols.
constexpr kernel::conv2d::packed_config in_one_piece(const kernel::conv2d::packed_config& c) {
  return {.product = kernel::gemm::with_rows(c.product, c.product.rows_high, c.product.rows_low),
          .plain = c.plain,
          .copies = c.copies,
          .taps = c.taps,
          .lines_high = c.lines_high,
          .lines_low = c.lines_low,
          .pixels_high = c.pixels_high,
          .pixels_low = c.pixels_low,
          .words = c.words,
          .stacked = c.stacked};
}
constexpr kernel::conv2d::depthwise_axis in_one_piece(const kernel::conv2d::depthwise_axis& a) {
  return {.steps = a.steps, .taps = a.taps, .stride = a.stride, .dilation = a.dilation};
}
constexpr kernel::conv2d::depthwise_config in_one_piece(const kernel::conv2d::depthwise_config& c) {
  return {.shape = {.down = in_one_piece(c.shape.down),
                    .across = in_one_piece(c.shape.across),
                    .pads = c.shape.pads},
          .low = c.low,
          .narrow = c.narrow};
}

template <class Code>
KILN_INLINE auto filters_of(const arguments_of<Code>& a, std::size_t view) {
  constexpr view_form form = Code::form.views[Code::form.kind == plan::anchor::pack ? 0 : 1];
  using element = element_t<form.element>;
  return kernel::conv2d::filters<element, spacing_of<form>>{
      reinterpret_cast<const element*>(a.base[view]),
      a.stride[view][0],
      a.stride[view][1],
      a.stride[view][2],
      a.stride[view][3]};
}

}  // namespace detail

/// A pack of the filters [r, s, c / groups, f] of a convolution, those of s8 with what corrects
/// sums of a shifted image.
template <class Code>
void run_pack_filters(const arguments_of<Code>& a, const kernel::conv2d::sizes& sizes) noexcept {
  constexpr tensor::dtype element = Code::form.views[0].element;
  constexpr auto numbers = detail::arithmetic_of(element, element);
  kernel::conv2d::pack_filters<numbers>(detail::filters_of<Code>(a, 0),
                                        sizes,
                                        reinterpret_cast<std::byte*>(a.base[1]),
                                        kernel::gemm::sums_integers(numbers));
}

namespace detail {

/// A convolution of images through whose pixels all views count.
template <class Code, class Users>
KILN_INLINE void convolve_images(const arguments_of<Code>& a,
                                 const kernel::conv2d::sizes& sizes,
                                 const Users& users) {
  constexpr const stage_form& form = Code::form;
  const store_program<Code, Users> ep(a, a.base, 2, 3, users);
  const auto image = image_of<Code>(a);
  if constexpr (form.way == convolution_way::packed) {
    constexpr auto config = in_one_piece(form.packed);
    if constexpr (config.words != 0) {
      if (!simd::may_use_tiles()) core::unreachable("no permission to use AMX tiles");
    }
    std::byte* lines = nullptr;
    if constexpr (form.operands > 2) lines = reinterpret_cast<std::byte*>(a.base[2]);
    kernel::conv2d::convolve<config>(
        image, reinterpret_cast<const std::byte*>(a.base[1]), sizes, lines, ep);
  } else if constexpr (form.way == convolution_way::own_channels) {
    constexpr auto config = in_one_piece(form.own_channels);
    kernel::conv2d::depthwise<config>(image, filters_of<Code>(a, 1), sizes, ep);
  } else {
    kernel::conv2d::direct(image, filters_of<Code>(a, 1), sizes, ep);
  }
}

}  // namespace detail

/// A convolution of operands x [b, h, w, c] and weights [r, s, c / groups, f].
template <class Code, class Users>
void run_convolution(const arguments_of<Code>& a,
                     kernel::conv2d::sizes sizes,
                     const Users& users) noexcept {
  if constexpr (Code::form.by_image) sizes.b = 1;
  detail::for_images<Code>(a, [&](const auto& images) KILN_INLINE_LAMBDA {
    detail::convolve_images<Code>(images, sizes, users);
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
