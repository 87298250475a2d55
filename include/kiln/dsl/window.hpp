// SPDX-License-Identifier: MIT
// How a user gives the window of a convolution or pooling: strides, padding, dilation, groups.
#pragma once

#include <kiln/op/conv2d.hpp>
#include <kiln/op/pooling.hpp>
#include <kiln/op/window.hpp>
#include <kiln/tensor/shape.hpp>

#include <cstdint>

namespace kiln {

/// A number for each axis of an image, height and width; or one for both.
struct extent2 final {
  std::int32_t h = 1;
  std::int32_t w = 1;

  constexpr extent2() = default;
  constexpr extent2(std::int32_t both)  // NOLINT: `.stride = 2`
      : extent2(both, both) {}
  constexpr extent2(std::int32_t height, std::int32_t width)
      : h(height),
        w(width) {}
};

/// Padding that follows from the extents, so that the result has ceil(extent / stride) of them.
/// same: as much before as after, what is odd comes after. causal: all of it comes before, the
/// result at i depends on nothing beyond i * stride.
enum padding_rule : std::int32_t { as_given, same, causal };

/// Padding around an image: a rule, a number on all sides, {vertical, horizontal} or {top, left,
/// bottom, right}.
struct padding final {
  std::int32_t top = 0;
  std::int32_t left = 0;
  std::int32_t bottom = 0;
  std::int32_t right = 0;
  padding_rule rule = as_given;

  constexpr padding() = default;
  constexpr padding(padding_rule r)  // NOLINT: `.pad = kiln::same`
      : rule(r) {}
  constexpr padding(std::int32_t all)  // NOLINT: `.pad = 1`
      : padding(all, all) {}
  constexpr padding(std::int32_t vertical, std::int32_t horizontal)
      : padding(vertical, horizontal, vertical, horizontal) {}
  constexpr padding(std::int32_t t, std::int32_t l, std::int32_t b, std::int32_t r)
      : top(t),
        left(l),
        bottom(b),
        right(r) {}
};

/// Padding of a sequence: a rule, a number on both sides or {before, after}.
struct padding1d final {
  std::int32_t before = 0;
  std::int32_t after = 0;
  padding_rule rule = as_given;

  constexpr padding1d() = default;
  constexpr padding1d(padding_rule r)  // NOLINT: `.pad = kiln::causal`
      : rule(r) {}
  constexpr padding1d(std::int32_t all)  // NOLINT: `.pad = 1`
      : padding1d(all, all) {}
  constexpr padding1d(std::int32_t b, std::int32_t a)
      : before(b),
        after(a) {}
};

/// The window of conv2d: kiln::window{.stride = 2, .pad = kiln::same}.
struct window final {
  extent2 stride{};
  padding pad{};
  extent2 dilation{};
  std::int32_t groups = 1;
};

/// The window of conv1d.
struct window1d final {
  std::int32_t stride = 1;
  padding1d pad{};
  std::int32_t dilation = 1;
  std::int32_t groups = 1;
};

/// The window of a pooling operator; a stride of 0 is the size.
struct pool final {
  extent2 size{};
  extent2 stride{0, 0};
  padding pad{};
  bool count_include_pad = false;  // average only: padding counts as zeros
};

}  // namespace kiln

namespace kiln::dsl {

/// Padding before and after an axis.
struct padded final {
  std::int32_t before = 0;
  std::int32_t after = 0;
};

/// The padding of an axis for a window w, whose own padding is ignored. A dynamic extent is taken
/// to be a multiple of the stride, which the shape rule then checks.
constexpr padded pad_axis(const tensor::dim& extent, const op::window& w, padding_rule rule) {
  if (w.stride < 1 || w.taps < 1) return {};
  const std::int64_t length = w.extent();
  const std::int64_t step = w.stride;
  const std::int64_t rest =
      extent.is_static() && extent.factor % step != 0 ? extent.factor % step : step;
  const auto total = static_cast<std::int32_t>(length > rest ? length - rest : 0);
  if (rule == same) return {total / 2, total - total / 2};
  // Causal: a whole window less one before; the result then has ceil(extent / stride) steps too.
  return {static_cast<std::int32_t>(length - 1), 0};
}

/// The padding of an image for the windows down and across it.
constexpr padding resolve(const padding& given,
                          const tensor::tensor_type& image,
                          const op::window& down,
                          const op::window& across) {
  if (given.rule == as_given || image.rank != 4) return given;
  const padded rows = dsl::pad_axis(image[1], down, given.rule);
  const padded columns = dsl::pad_axis(image[2], across, given.rule);
  return {rows.before, columns.before, rows.after, columns.after};
}

/// The attributes of a conv2d of x with weights w.
constexpr op::conv2d_op::attributes convolution_of(const window& given,
                                                   const tensor::tensor_type& x,
                                                   const tensor::tensor_type& w) {
  op::conv2d_op::attributes at{
      .stride_h = given.stride.h,
      .stride_w = given.stride.w,
      .dilation_h = given.dilation.h,
      .dilation_w = given.dilation.w,
      .groups = given.groups,
  };
  const std::int32_t taps_h = w.rank == 4 ? w[0].factor : 1;
  const std::int32_t taps_w = w.rank == 4 ? w[1].factor : 1;
  const padding pad = dsl::resolve(
      given.pad, x, op::conv2d_op::down(at, taps_h), op::conv2d_op::across(at, taps_w));
  at.top = pad.top;
  at.left = pad.left;
  at.bottom = pad.bottom;
  at.right = pad.right;
  return at;
}

/// The attributes of a pooling of x.
constexpr op::pooling_attributes pooling_of(const pool& given, const tensor::tensor_type& x) {
  op::pooling_attributes at{
      .window_h = given.size.h,
      .window_w = given.size.w,
      .stride_h = given.stride.h == 0 ? given.size.h : given.stride.h,
      .stride_w = given.stride.w == 0 ? given.size.w : given.stride.w,
      .count_include_pad = given.count_include_pad,
  };
  const padding pad = dsl::resolve(
      given.pad, x, op::pooling_operation::down(at), op::pooling_operation::across(at));
  at.top = pad.top;
  at.left = pad.left;
  at.bottom = pad.bottom;
  at.right = pad.right;
  return at;
}

}  // namespace kiln::dsl
