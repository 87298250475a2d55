// SPDX-License-Identifier: MIT
// Matrix products of expressions.
#pragma once

#include <kiln/dsl/call.hpp>
#include <kiln/op/matmul.hpp>

#include <cstdint>

namespace kiln {

/// Which operands of a matmul are stored with their last two axes exchanged.
enum class transposed : std::uint8_t { none, a, b, both };

/// Matrix product; kiln::matmul<kiln::transposed::b>(q, k) takes k as [b..., n, k].
///
/// @shape   a: [b..., m, k]; b: [b..., k, n] or [k, n]; out: [b..., m, n]
/// @errors  compile time: inner_dimensions_differ, wrong_rank, wrong_dtype, cannot_broadcast (batch
///          axes), not_an_expression
template <transposed Which = transposed::none, class A, class B>
  requires dsl::some_expression<A, B>
constexpr auto matmul(const A& a, const B& b) {
  constexpr op::matmul_op::attributes at{Which == transposed::a || Which == transposed::both,
                                         Which == transposed::b || Which == transposed::both};
  return dsl::call<op::matmul_op, dsl::encoded<op::matmul_op, at>>(a, b);
}

}  // namespace kiln
