// SPDX-License-Identifier: MIT
// The element type of a sum of products: what matrix products and convolutions share.
#pragma once

#include <kiln/op/operation.hpp>

namespace kiln::op {

/// The element type in which sums of x * weights come out: equal floating types stay, different
/// ones give f32, u8 or s8 by s8 gives s32 (exact below 2^31: up to 65,793 products). Other
/// integers need a cast.
///
/// @errors  wrong_dtype
constexpr inferred product_element(const tensor_type& x, const tensor_type& weights) {
  using tensor::dtype;
  tensor_type r{};
  if (x.element == dtype::u8 || x.element == dtype::s8) {
    if (weights.element != dtype::s8) {
      return fail(mistake::wrong_dtype, with_element(weights, dtype::s8), weights);
    }
    r.element = dtype::s32;
    return {r};
  }
  if (!is_floating(x.element)) return fail(mistake::wrong_dtype, with_element(x), x);
  if (!is_floating(weights.element)) {
    return fail(mistake::wrong_dtype, with_element(weights), weights);
  }
  r.element = x.element == weights.element ? x.element : dtype::f32;
  return {r};
}

}  // namespace kiln::op
