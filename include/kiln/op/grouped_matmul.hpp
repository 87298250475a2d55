// SPDX-License-Identifier: MIT
// Matrix product by weights of 4 or 8 bits with a scale and a zero point for every group along k.
#pragma once

#include <kiln/op/operation.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// What a pass makes of a product by dequantised weights; nobody writes it. Numbers are unsigned;
/// two of 4 bits lie in a byte, the one with the even index along k in the low bits.
///
/// @shape  a: f32[b..., m, k]; weights: u8[k * bits / 8, n]; scale: f32 or f16 [k / group, n]; zero
///         point: a number, or f32 or f16 [k / group, n]; out: f32[b..., m, n]
/// @math   out[m, n] = sum_k a[m, k] (weights[k, n] - zero[k / group, n]) scale[k / group, n]
/// @errors wrong_rank, wrong_dtype, inner_dimensions_differ, wrong_size (of a parameter)
struct grouped_matmul_op final {
  struct attributes final {
    std::int32_t bits = 8;
    std::int32_t group = 1;
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "grouped_matmul";
  static constexpr category group = category::contraction;
  static constexpr int arity = 4;

  /// Numbers of a 32-bit word; groups are made of whole words.
  static constexpr int together(const attributes& at) { return 32 / at.bits; }

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    using tensor::dtype;
    const tensor_type &a = operands[0], &w = operands[1];
    if (a.rank < 2 || w.rank != 2) return fail(mistake::wrong_rank, w, a.rank < 2 ? a : w);
    if (a.element != dtype::f32) return fail(mistake::wrong_dtype, with_element(a), a);
    if (w.element != dtype::u8) return fail(mistake::wrong_dtype, with_element(w, dtype::u8), w);
    const int k = w[0].factor * 8 / at.bits;
    if (!w.elems().is_static() || a.back() != dim{k}) {
      return fail(mistake::inner_dimensions_differ, w, a);
    }
    tensor_type parameter = with_element(w);
    parameter[0].factor = k / at.group;
    if (k % at.group != 0 || at.group % together(at) != 0) {
      return fail(mistake::wrong_size, parameter, w);
    }
    for (const int i : {2, 3}) {
      const tensor_type& p = operands[i];
      if (i == 3 && p.rank == 0) continue;
      if (with_element(p) != parameter) return fail(mistake::wrong_size, parameter, p);
      if (p.element != dtype::f32 && p.element != dtype::f16) {
        return fail(mistake::wrong_dtype, parameter, p);
      }
    }
    inferred r{a};
    r.type[a.rank - 1] = w[1];
    return r;
  }
};

}  // namespace kiln::op
