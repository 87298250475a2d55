// SPDX-License-Identifier: MIT
// The code of pooling stages, and images as kernels see them: axes [b, p, q, f].
#pragma once

#include <kiln/codegen/store_program.hpp>
#include <kiln/kernel/conv2d/image.hpp>
#include <kiln/kernel/pool2d.hpp>

#include <cstddef>
#include <utility>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Extents of an image [b, h, w, c] that a stage's axes do not tell, and the line of all results
/// with which the stage's begin.
struct image_extents final {
  std::ptrdiff_t h = 0, w = 0, c = 0;
  std::ptrdiff_t first_line = 0;
};

namespace detail {

template <view_form Form>
inline constexpr auto spacing_of =
    Form.inner == crossing::contiguous ? kernel::conv2d::spacing::contiguous
                                       : kernel::conv2d::spacing::strided;

template <class Code>
KILN_INLINE auto image_of(const arguments_of<Code>& a) {
  constexpr view_form form = Code::form.views[0];
  using element = element_t<form.element>;
  return kernel::conv2d::image<element, spacing_of<form>>{
      reinterpret_cast<const element*>(a.base[0]),
      a.stride[0][0],
      a.stride[0][1],
      a.stride[0][2],
      a.stride[0][3]};
}

/// Calls f(arguments): once for all images, or, where views do not count on from one to the next,
/// for each.
template <class Code, class F>
KILN_INLINE void for_images(const arguments_of<Code>& a, const F& f) {
  constexpr const stage_form& form = Code::form;
  if constexpr (!form.by_image) {
    f(a);
  } else {
    constexpr auto loads = static_cast<std::size_t>(form.operands);
    constexpr auto others = static_cast<std::size_t>(form.loads + form.stores);
    arguments_of<Code> image = a;
    image.extent[0] = 1;
    for (std::ptrdiff_t b = 0; b < a.extent[0]; ++b) {
      f(std::as_const(image));
      image.base[0] += a.stride[0][0] * bytes_of<form.views[0]>;
      for_each_index<others>([&](auto v) KILN_INLINE_LAMBDA {
        image.base[loads + v] += a.stride[loads + v][0] * bytes_of<form.views[loads + v]>;
      });
    }
  }
}

constexpr kernel::conv2d::window window_of(const op::window& w) {
  return {w.taps, w.stride, w.dilation, w.before};
}

}  // namespace detail

/// A pooling of operand x [b, h, w, c].
template <class Code, class Users>
void run_pooling(const arguments_of<Code>& a, const image_extents& e, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  using operation = typename op::operation_at<form.operation>::type;
  constexpr auto at = op::decode<op::pooling_attributes>(form.attributes);
  kernel::pool2d_sizes sizes{.b = form.by_image ? 1 : a.extent[0],
                             .h = e.h,
                             .w = e.w,
                             .c = e.c,
                             .out_h = a.extent[1],
                             .out_w = a.extent[2],
                             .down = detail::window_of(operation::down(at)),
                             .across = detail::window_of(operation::across(at)),
                             .count_include_pad = at.count_include_pad != 0};
  sizes.down.before -= e.first_line * sizes.down.stride;
  detail::for_images<Code>(a, [&](const auto& images) KILN_INLINE_LAMBDA {
    const store_program<Code, Users> ep(images, images.base, 2, 3, users);
    kernel::pool2d<operation>(detail::image_of<Code>(images), sizes, ep);
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
