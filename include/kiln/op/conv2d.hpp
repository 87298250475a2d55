// SPDX-License-Identifier: MIT
// Convolution over images in channels-last order: strided, padded, dilated, grouped, depthwise.
#pragma once

#include <kiln/op/elementwise.hpp>
#include <kiln/op/product_element.hpp>
#include <kiln/op/window.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @shape  x: [b, h, w, c]; weights: [r, s, c / groups, f]; out: [b, h', w', f]
/// @math   out[b, i, j, g * f' + q] = sum over r, s, p of weights[r, s, p, g * f' + q] *
///         x[b, i * stride_h + r * dilation_h - top, j * stride_w + s * dilation_w - left,
///           g * c' + p] with c' = c / groups, f' = f / groups; padding contributes nothing;
///         products of u8 or s8 by s8 are summed exactly in s32
/// @errors wrong_rank, wrong_dtype, wrong_groups (groups do not divide c and f),
///         inner_dimensions_differ (channels), wrong_size, wrong_stride, wrong_pad, dynamic_extent
///         (weights, channels; height and width of integers)
struct conv2d_op final {
  struct attributes final {
    std::int32_t stride_h = 1;
    std::int32_t stride_w = 1;
    std::int32_t top = 0;
    std::int32_t left = 0;
    std::int32_t bottom = 0;
    std::int32_t right = 0;
    std::int32_t dilation_h = 1;
    std::int32_t dilation_w = 1;
    std::int32_t groups = 1;
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "conv2d";
  static constexpr category group = category::convolution;
  static constexpr int arity = 2;

  /// The window down the image; r = weights[0].
  static constexpr window down(const attributes& at, std::int32_t r) {
    return {r, at.stride_h, at.dilation_h, at.top, at.bottom};
  }
  /// The window across the image; s = weights[1].
  static constexpr window across(const attributes& at, std::int32_t s) {
    return {s, at.stride_w, at.dilation_w, at.left, at.right};
  }

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const tensor_type& x = operands[0];
    const tensor_type& w = operands[1];
    const inferred checked = check_operands(at, x, w);
    if (checked.what != mistake::none) return checked;
    const window_steps rows = steps_of(x[1], down(at, w[0].factor));
    if (rows.what != mistake::none) return fail(rows.what, x, w);
    const window_steps columns = steps_of(x[2], across(at, w[1].factor));
    if (columns.what != mistake::none) return fail(columns.what, x, w);
    tensor_type r = x;
    r.element = product_element(x, w).type.element;
    r[1] = rows.count;
    r[2] = columns.count;
    r[3] = w[3];
    return {r};
  }

 private:
  static constexpr inferred check_operands(const attributes& at,
                                           const tensor_type& x,
                                           const tensor_type& w) {
    if (x.rank != 4 || w.rank != 4) {
      tensor_type wrong = x.rank != 4 ? x : w;
      tensor_type expected = wrong;
      expected.rank = 4;
      return fail(mistake::wrong_rank, expected, wrong);
    }
    const inferred element = product_element(x, w);
    if (element.what != mistake::none) return element;
    for (int i = 0; i < 4; ++i) {
      if (!w[i].is_static()) return fail(mistake::dynamic_extent, w, w);
    }
    const bool size_known = x[1].is_static() && x[2].is_static();
    if (!size_known && !is_floating(x.element)) return fail(mistake::dynamic_extent, x, x);
    if (!x[3].is_static()) return fail(mistake::dynamic_extent, x, x);
    if (at.groups < 1 || x[3].factor % at.groups != 0 || w[3].factor % at.groups != 0) {
      return fail(mistake::wrong_groups, x, w);
    }
    tensor_type expected = w;
    expected[2].factor = x[3].factor / at.groups;
    if (expected[2] != w[2]) return fail(mistake::inner_dimensions_differ, expected, w);
    return {};
  }
};

}  // namespace kiln::op
