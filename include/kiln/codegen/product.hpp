// SPDX-License-Identifier: MIT
// The code of matmul stages.
#pragma once

#include <kiln/codegen/stage.hpp>
#include <kiln/codegen/store_program.hpp>
#include <kiln/kernel/gemm/macro.hpp>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

/// Whether a block of so many rows splits into the tile heights that a configuration has.
constexpr bool rows_match(const kernel::gemm::config& c, std::ptrdiff_t rows) {
  if (c.rows_high == 0) return true;
  const tensor::row_split split(static_cast<int>(rows), c.block.mr);
  return split.height(0) == c.rows_high && (split.tall > 0 ? split.low : 0) == c.rows_low;
}
// Built in one piece: g++ 12.2 gives template arguments that were filled member by member wrong
// symbols.
constexpr kernel::gemm::config with_rows(const kernel::gemm::config& c, int high, int low) {
  return {.block = {.mr = c.block.mr, .nv = c.block.nv},
          .form = c.form,
          .full_columns = c.full_columns,
          .tail_packs = c.tail_packs,
          .tail_masked = c.tail_masked,
          .rows_high = high,
          .rows_low = low,
          .source = c.source,
          .depth_blocks = c.depth_blocks};
}

}  // namespace detail

/// A matmul: axes [batch..., m, n | k], B in panels.
template <class Code, class Users>
void run_product(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  constexpr auto batch = static_cast<std::size_t>(form.rank - 3);
  static_assert(form.views[0].element == tensor::dtype::f32);
  detail::for_each_outer<Code, 0, batch>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    const store_program<Code, Users> ep(a, base, batch, batch + 1, users);
    const kernel::gemm::operands x{reinterpret_cast<const float*>(base[0]),
                                   a.stride[0][batch],
                                   a.stride[0][batch + 2],
                                   reinterpret_cast<const float*>(base[1]),
                                   static_cast<std::size_t>(a.extent[batch]),
                                   static_cast<std::size_t>(a.extent[batch + 1]),
                                   static_cast<std::size_t>(a.extent[batch + 2])};
    if constexpr (form.ragged || form.rest_high > 0) {
      if (!detail::rows_match(form.product, a.extent[batch])) {
        constexpr auto rest = detail::with_rows(form.product, form.rest_high, form.rest_low);
        kernel::gemm::run<rest>(x, ep);
        return;
      }
    }
    constexpr auto usual =
        detail::with_rows(form.product, form.product.rows_high, form.product.rows_low);
    kernel::gemm::run<usual>(x, ep);
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
