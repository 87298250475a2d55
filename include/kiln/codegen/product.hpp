// SPDX-License-Identifier: MIT
// The code of matmul stages.
#pragma once

#include <kiln/codegen/stage.hpp>
#include <kiln/codegen/store_program.hpp>
#include <kiln/core/target.hpp>
#include <kiln/core/unreachable.hpp>
#include <kiln/kernel/gemm/grouped.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/plan/product_tile.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/tensor/tile.hpp>

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

/// True if a plan has products or convolutions on AMX tiles.
template <class Plan>
constexpr bool uses_tiles(const Plan& p, const core::target& machine = core::native) {
  for (int i = 0; i < p.stages.size; ++i) {
    const plan::stage& s = p.stages[i];
    if (s.kind == plan::anchor::matmul
        && plan::product_tile(p, s, machine) == tensor::matrix_tile) {
      return true;
    }
    if (s.kind == plan::anchor::convolution && s.tile == tensor::matrix_tile) return true;
  }
  return false;
}

/// For whoever binds a net: asks the system for what products need beyond vectors.
///
/// @errors  run time: kiln::error where the machine lacks it or the system refuses
template <class Plan>
void require_units(const Plan& p) {
  if (uses_tiles(p)) simd::require_tiles();
}

/// What a thread holds while it runs stages of a plan: the tiles, so that they are configured once,
/// or nothing. In a signal handler, which the system enters without tiles, the holder that was
/// interrupted still counts; whatever it has loaded is not there, and is not known when it goes on.
///
///     const held_tiles<uses_tiles(p)> held;
template <bool UsesTiles>
class held_tiles final {};
template <>
class held_tiles<true> final {
 public:
  KILN_INLINE held_tiles() noexcept { simd::forget_tiles(); }
  held_tiles(const held_tiles&) = delete;
  held_tiles& operator=(const held_tiles&) = delete;
  KILN_INLINE ~held_tiles() { simd::forget_tiles(); }

 private:
  simd::tile_holder tiles_;
};

namespace detail {

/// A product by weights of few bits: their numbers, scales and zero points are operands 1 to 3.
template <class Code, kernel::gemm::config Product, class Bases, class Epilogue>
KILN_INLINE void run_groups(const arguments_of<Code>& a, const Bases& base, const Epilogue& ep) {
  constexpr const stage_form& form = Code::form;
  constexpr auto batch = static_cast<std::size_t>(form.rank - 3);
  const auto place = [&](std::size_t v) { return reinterpret_cast<const std::byte*>(base[v]); };
  const std::byte* zero = nullptr;
  if constexpr (form.grouped.zeros != 0) zero = place(3);
  const auto k = static_cast<std::size_t>(a.extent[batch + 2]);
  // From one column of scales to the next there are as many of them as groups.
  const auto groups = static_cast<std::size_t>(a.stride[2][batch + 1]);
  const kernel::gemm::grouped_operands x{.a = reinterpret_cast<const float*>(base[0]),
                                         .a_row = a.stride[0][batch],
                                         .b = place(1),
                                         .scale = place(2),
                                         .zero = zero,
                                         .m = static_cast<std::size_t>(a.extent[batch]),
                                         .n = static_cast<std::size_t>(a.extent[batch + 1]),
                                         .k = k,
                                         .group = k / groups};
  kernel::gemm::run_grouped<Product, form.grouped>(x, ep);
}

}  // namespace detail

/// A matmul: axes [batch..., m, n | k], B in panels.
template <class Code, class Users>
void run_product(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  constexpr auto batch = static_cast<std::size_t>(form.rank - 3);
  if constexpr (form.product.tiled != 0) {
    if (!simd::may_use_tiles()) core::unreachable("no permission to use AMX tiles");
  }
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
    // From one column of panels to the next there are as many elements as k has.
    if constexpr (form.deep) x.panel_depth = static_cast<std::size_t>(a.stride[1][batch + 1]);
    if constexpr (form.product.compensated != 0) {
      const char* sums = nullptr;
      if constexpr (form.operands > 2) {
        sums = base[2];
      } else {
        sums = base[1] + kernel::gemm::packed_elems(numbers, k, n);
      }
      x.compensation = reinterpret_cast<const std::int32_t*>(sums);
    }
    if constexpr (form.product.tiled == 0 && (form.ragged || form.rest_high > 0)) {
      if (!detail::rows_match(form.product, a.extent[batch])) {
        constexpr auto rest = kernel::gemm::with_rows(form.product, form.rest_high, form.rest_low);
        if constexpr (form.grouped.bits != 0) {
          detail::run_groups<Code, rest>(a, base, ep);
        } else {
          kernel::gemm::run<rest>(x, ep);
        }
        return;
      }
    }
    constexpr auto usual =
        kernel::gemm::with_rows(form.product, form.product.rows_high, form.product.rows_low);
    if constexpr (form.grouped.bits != 0) {
      detail::run_groups<Code, usual>(a, base, ep);
    } else {
      kernel::gemm::run<usual>(x, ep);
    }
  });
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
