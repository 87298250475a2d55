// SPDX-License-Identifier: MIT
// The code of matmul stages.
#pragma once

#include <kiln/codegen/stage.hpp>
#include <kiln/codegen/store_program.hpp>
#include <kiln/kernel/gemm/macro.hpp>

#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

/// Whether a block of so many rows splits into the tile heights that a configuration has.
constexpr bool rows_match(const kernel::gemm::config& c, std::ptrdiff_t rows) {
  if (c.rows_high == 0) return true;
  const tensor::row_split split(static_cast<int>(rows), c.block.mr);
  return split.height(0) == c.rows_high && (split.tall > 0 ? split.low : 0) == c.rows_low;
}

}  // namespace detail

/// A matmul: axes [batch..., m, n | k], B in panels.
template <class Code, class Users>
void run_product(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  constexpr auto batch = static_cast<std::size_t>(form.rank - 3);
  detail::for_each_outer<Code, 0, batch>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    const store_program<Code, Users> ep(a, base, batch, batch + 1, users);
    constexpr kernel::gemm::arithmetic numbers = form.product.numbers;
    const auto m = static_cast<std::size_t>(a.extent[batch]);
    const auto n = static_cast<std::size_t>(a.extent[batch + 1]);
    const auto k = static_cast<std::size_t>(a.extent[batch + 2]);
    kernel::gemm::operands_of<numbers> x{
        reinterpret_cast<const kernel::gemm::a_element<numbers>*>(base[0]),
        a.stride[0][batch],
        a.stride[0][batch + 2],
        reinterpret_cast<const kernel::gemm::b_element<numbers>*>(base[1]),
        m,
        n,
        k};
    if constexpr (form.product.compensated != 0) {
      x.compensation = reinterpret_cast<const std::int32_t*>(
          base[1] + kernel::gemm::packed_elems(numbers, k, n));
    }
    if constexpr (form.ragged || form.rest_high > 0) {
      if (!detail::rows_match(form.product, a.extent[batch])) {
        constexpr auto rest = kernel::gemm::with_rows(form.product, form.rest_high, form.rest_low);
        kernel::gemm::run<rest>(x, ep);
        return;
      }
    }
    constexpr auto usual =
        kernel::gemm::with_rows(form.product, form.product.rows_high, form.product.rows_low);
    kernel::gemm::run<usual>(x, ep);
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
