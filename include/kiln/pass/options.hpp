// SPDX-License-Identifier: MIT
// What the passes may do beyond what keeps every bit of the result.
#pragma once

namespace kiln::pass {

/// Licences for rewrites that change roundings or the sign of a zero. None is given by default.
///
/// @law  structural: it can be a template argument
struct options final {
  bool reassociate = false;       // (x + a) + b -> x + (a + b), the same for *, matmul(x, w) * a
  bool reciprocal = false;        // x / a -> x * (1 / a) for every constant a, not only powers of 2
  bool ignore_zero_sign = false;  // x + 0 -> x, max(x, 0) -> relu(x): -0 and 0 are one number
  constexpr bool operator==(const options&) const = default;
};

}  // namespace kiln::pass
