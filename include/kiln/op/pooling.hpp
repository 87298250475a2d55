// SPDX-License-Identifier: MIT
// What the pooling operators share: window attributes over images and their shape rule.
#pragma once

#include <kiln/op/operation.hpp>
#include <kiln/op/window.hpp>

#include <cstdint>

namespace kiln::op {

/// Window, step and padding of a pooling operator.
struct pooling_attributes final {
  std::int32_t window_h = 1;
  std::int32_t window_w = 1;
  std::int32_t stride_h = 1;
  std::int32_t stride_w = 1;
  std::int32_t top = 0;
  std::int32_t left = 0;
  std::int32_t bottom = 0;
  std::int32_t right = 0;
  std::int32_t count_include_pad = 0;  // average only: padding counts as zeros
  constexpr bool operator==(const pooling_attributes&) const = default;
};

/// Base of operators that reduce a window of each channel to one number.
///
/// A model adds `name`, `initial<T>()`, `combine(accumulator, x)` and `finish(accumulator, count)`.
///
/// @shape  x: [b, h, w, c]; out: [b, h', w', c]
/// @errors wrong_rank, wrong_dtype, wrong_size, wrong_stride, wrong_pad, dynamic_extent
struct pooling_operation {
  using attributes = pooling_attributes;
  static constexpr category group = category::pooling;
  static constexpr int arity = 1;

  /// The window down the image.
  static constexpr window down(const attributes& at) {
    return {at.window_h, at.stride_h, 1, at.top, at.bottom};
  }
  /// The window across the image.
  static constexpr window across(const attributes& at) {
    return {at.window_w, at.stride_w, 1, at.left, at.right};
  }

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const tensor_type& x = operands[0];
    tensor_type expected = x;
    if (x.rank != 4) {
      expected.rank = 4;
      return fail(mistake::wrong_rank, expected, x);
    }
    if (!is_floating(x.element)) return fail(mistake::wrong_dtype, with_element(x), x);
    const window_steps rows = steps_of(x[1], down(at));
    const window_steps columns = steps_of(x[2], across(at));
    expected[1].factor = at.window_h;
    expected[2].factor = at.window_w;
    if (rows.what != mistake::none) return fail(rows.what, expected, x);
    if (columns.what != mistake::none) return fail(columns.what, expected, x);
    tensor_type r = x;
    r[1] = rows.count;
    r[2] = columns.count;
    return {r};
  }
};

}  // namespace kiln::op
