// SPDX-License-Identifier: MIT
// All register tiles that products run on: tests, disassembly check and benchmarks go through them.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/gemm/arithmetic.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/tensor/tile.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace kiln::kernel::gemm {
inline namespace KILN_ISA {

/// One kind of numbers on one tile.
struct kernel final {
  arithmetic numbers = arithmetic::f32;
  tensor::tile block{};

  friend constexpr bool operator==(const kernel&, const kernel&) = default;
};

/// Every kind of numbers.
inline constexpr std::array all_arithmetics{arithmetic::f32,
                                            arithmetic::f32_f16,
                                            arithmetic::f32_bf16,
                                            arithmetic::bf16,
                                            arithmetic::u8s8,
                                            arithmetic::s8s8,
                                            arithmetic::u8s7};

/// Types of a and b as kernel labels spell them.
constexpr std::string_view name_of(arithmetic x) {
  constexpr std::string_view names[] = {
      "f32.f32", "f32.f16", "f32.bf16", "bf16.bf16", "u8.s8", "s8.s8", "u8.s7"};
  return names[static_cast<int>(x)];
}

namespace detail {

// Numbers of rows that choose different tiles: few of them, and as many as there may be (0).
inline constexpr std::array row_counts{0, 1, 2, 4, 6, 9, 18};

// Their columns: not known, or as many as suit a wider tile.
inline constexpr std::array column_counts{0, 48};

struct found_kernels final {
  std::array<kernel, row_counts.size() * column_counts.size() * all_arithmetics.size()> all{};
  std::size_t count = 0;

  constexpr void add(const kernel& k) {
    for (std::size_t i = 0; i < count; ++i) {
      if (all[i] == k) return;
    }
    all[count++] = k;
  }
};

constexpr found_kernels find_kernels() {
  found_kernels found;
  for (const arithmetic x : all_arithmetics) {
    for (const int rows : row_counts) {
      for (const int columns : column_counts) {
        const tensor::tile wanted = tensor::default_tile(core::native, rows, columns, 64);
        found.add({.numbers = x, .block = fitting(x, wanted)});
      }
    }
  }
  return found;
}

inline constexpr found_kernels found = find_kernels();

}  // namespace detail

/// How many kernels there are for this machine.
inline constexpr std::size_t kernel_count = detail::found.count;

/// Kernel i of them. Built in one piece, to be a template argument.
constexpr kernel kernel_at(std::size_t i) {
  const kernel& k = detail::found.all[i];
  return {.numbers = k.numbers, .block = {.mr = k.block.mr, .nv = k.block.nv}};
}

/// Calls f<K>() for every kernel K of them.
///
///     each_kernel([]<kernel K>() { ... });
template <class F>
constexpr void each_kernel(const F& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (f.template operator()<kernel_at(I)>(), ...); }
  (std::make_index_sequence<kernel_count>{});
}

}  // namespace KILN_ISA
}  // namespace kiln::kernel::gemm
