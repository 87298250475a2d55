// SPDX-License-Identifier: MIT
// Matrix product: 2-D, N-D x 2-D and batched with broadcast batch axes; either side transposed.
#pragma once

#include <kiln/op/elementwise.hpp>
#include <kiln/op/product_element.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::op {

/// @shape  a: [b..., m, k] (transpose_a: [b..., k, m]); b: [b..., k, n] (transpose_b: [b..., n,
/// k]);
///         out: [b..., m, n]
/// @math   out[m, n] = sum_k a[m, k] * b[k, n], products and sums in f32, k in order; of u8 or s8
/// by
///         s8 exact in s32
/// @errors wrong_rank, inner_dimensions_differ, cannot_broadcast (batch axes), wrong_dtype
struct matmul_op final {
  struct attributes final {
    std::int32_t transpose_a = 0;
    std::int32_t transpose_b = 0;
    constexpr bool operator==(const attributes&) const = default;
  };
  static constexpr std::string_view name = "matmul";
  static constexpr category group = category::contraction;
  static constexpr int arity = 2;

  static constexpr inferred infer(const attributes& at, operand_types operands) {
    const tensor_type& a = operands[0];
    const tensor_type& b = operands[1];
    if (a.rank < 2 || b.rank < 2) {
      const tensor_type& wrong = a.rank < 2 ? a : b;
      tensor_type expected = wrong;
      expected.rank = 2;
      return fail(mistake::wrong_rank, expected, wrong);
    }
    const inferred element = product_element(a, b);
    if (element.what != mistake::none) return element;
    const dim m = a.back(at.transpose_a ? 0 : 1);
    const dim k = a.back(at.transpose_a ? 1 : 0);
    const dim n = b.back(at.transpose_b ? 1 : 0);
    if (b.back(at.transpose_b ? 0 : 1) != k) {
      tensor_type expected = b;
      expected[b.rank - (at.transpose_b ? 1 : 2)] = k;
      return fail(mistake::inner_dimensions_differ, expected, b);
    }
    tensor_type batch_a = a, batch_b = b;
    batch_a.rank = static_cast<std::int8_t>(a.rank - 2);
    batch_b.rank = static_cast<std::int8_t>(b.rank - 2);
    batch_a.element = batch_b.element = tensor::dtype::f32;
    inferred r = broadcast(batch_a, batch_b);
    if (r.what != mistake::none) return fail(r.what, a, b);
    r.type.element = element.type.element;
    r.type[r.type.rank] = m;
    r.type[r.type.rank + 1] = n;
    r.type.rank = static_cast<std::int8_t>(r.type.rank + 2);
    for (int i = r.type.rank; i < tensor::max_rank; ++i) r.type[i] = dim{};
    return r;
  }
};

}  // namespace kiln::op
