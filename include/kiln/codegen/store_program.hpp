// SPDX-License-Identifier: MIT
// A stage's store program as the epilogue of a kernel: results come as packs of a row.
#pragma once

#include <kiln/codegen/stage.hpp>
#include <kiln/simd/two.hpp>

#include <array>
#include <type_traits>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

/// Whether the anchor sums products of integers, exactly, in s32.
constexpr bool sums_integers(const stage_form& form) {
  const bool sums = form.kind == plan::anchor::matmul || form.kind == plan::anchor::convolution;
  return sums && !is_floating(form.views[0].element);
}
/// A view of s32 as one of floats with the same bits, so that they move without rounding.
constexpr view_form as_bits(view_form f) {
  if (f.element == tensor::dtype::s32) f.element = tensor::dtype::f32;
  return f;
}

/// The line that adds a row vector to the product first of all, if there is one: accumulators then
/// start from the vector and the line costs nothing.
constexpr int bias_line(const stage_form& form) {
  const bool starts = form.kind == plan::anchor::matmul || form.kind == plan::anchor::convolution;
  if (!starts || form.instructions == 0 || form.accumulate || sums_integers(form)) return -1;
  const plan::instruction& x = form.lines[0];
  if (x.kind != op::kind_of<op::add_op>) return -1;
  const int product = form.anchor_register();
  const int bias = x.registers[0] == product ? x.registers[1] : x.registers[0];
  if (x.registers[0] != product && x.registers[1] != product) return -1;
  if (bias >= form.loads || form.load(bias).rows) return -1;
  for (int i = 1; i < form.instructions; ++i) {
    const plan::instruction& y = form.lines[static_cast<std::size_t>(i)];
    for (int k = 0; k < y.count; ++k) {
      if (y.registers[static_cast<std::size_t>(k)] == product) return -1;
    }
  }
  for (int i = 0; i < form.stores; ++i) {
    if (form.stored[static_cast<std::size_t>(i)] == product) return -1;
  }
  return 0;
}

}  // namespace detail

/// Models kernel::gemm::epilogue: a store program over rows and columns.
template <class Code, class Users>
struct store_program final {
  static constexpr const stage_form& form = Code::form;
  static constexpr bool calls_user = !std::is_same_v<Users, callables<>>;
  static constexpr int bias = detail::bias_line(form);
  static constexpr int bias_load = bias < 0 ? -1
                                            : (form.lines[0].registers[0] == form.anchor_register()
                                                   ? form.lines[0].registers[1]
                                                   : form.lines[0].registers[0]);
  /// What a kernel sums up in: products of integers in integers.
  static constexpr bool integers = detail::sums_integers(form);
  using sum = std::conditional_t<integers, simd::int_pack, simd::pack>;
  static constexpr auto loads = static_cast<std::size_t>(form.loads);
  static constexpr auto first_view = static_cast<std::size_t>(form.operands);
  static constexpr auto views = static_cast<std::size_t>(form.loads + form.stores);

  /// Rows run along axis `row`, columns along axis `column` of the stage.
  template <class Bases>
  KILN_INLINE store_program(const arguments_of<Code>& a,
                            const Bases& bases,
                            std::size_t row,
                            std::size_t column,
                            const Users& user)
      : users(user) {
    for_each_index<views>([&](auto v) KILN_INLINE_LAMBDA {
      base[v] = bases[first_view + v];
      row_stride[v] = a.stride[first_view + v][row];
      column_stride[v] = a.stride[first_view + v][column];
    });
  }

  /// What a column of packs shares: the loads that are alike in every row.
  using state = std::array<simd::pack, loads == 0 ? 1 : loads>;

  template <class Lanes>
  KILN_INLINE state columns(std::size_t column, Lanes m) const {
    state s;
    for_each_index<loads>([&](auto k) KILN_INLINE_LAMBDA {
      if constexpr (!form.views[first_view + k].rows) s[k] = load<k>(0, column, m);
    });
    return s;
  }
  template <class Lanes>
  KILN_INLINE sum start(const state& s, std::size_t row, std::size_t column, Lanes m) const {
    if constexpr (form.accumulate) {
      constexpr view_form to = detail::as_bits(form.views[first_view + loads]);
      return as_sum(load_view<to>(place<loads>(row, column), column_stride[loads], m));
    } else if constexpr (integers) {
      return simd::int_pack(0);
    } else if constexpr (bias_load >= 0) {
      return s[static_cast<std::size_t>(bias_load)];
    } else {
      return simd::zero();
    }
  }
  template <class Lanes>
  KILN_INLINE void finish(
      const state& s, std::size_t row, std::size_t column, sum v, Lanes m) const {
    const auto r = results(s, row, column, v, m);
    for_each_index<static_cast<std::size_t>(form.stores)>(
        [&](auto k) KILN_INLINE_LAMBDA { put<k>(r, row, column, v, m); });
  }
  /// finish() of two packs side by side: their results are stored at once.
  KILN_INLINE void finish_two(const state& left,
                              const state& right,
                              std::size_t row,
                              std::size_t column,
                              sum v,
                              sum w) const {
    constexpr simd::all_lanes all{};
    const auto x = results(left, row, column, v, all);
    const auto y = results(right, row, column + simd::lanes, w, all);
    for_each_index<static_cast<std::size_t>(form.stores)>([&](auto k) KILN_INLINE_LAMBDA {
      constexpr view_form to = form.views[first_view + loads + k];
      constexpr auto at = static_cast<std::size_t>(form.stored[k]);
      if constexpr (to.inner == crossing::contiguous && !stores_sum<k>) {
        using element = element_t<to.element>;
        simd::store_two_as(reinterpret_cast<element*>(place<loads + k>(row, column)), x[at], y[at]);
      } else {
        put<k>(x, row, column, v, all);
        put<k>(y, row, column + simd::lanes, w, all);
      }
    });
  }

  /// Where partial sums of a long k may lie: where the first result goes.
  KILN_INLINE float* partial(std::size_t row, std::size_t column) const requires(form.partials) {
    return reinterpret_cast<float*>(place<loads>(row, column));
  }

 private:
  using registers = typename program<Code, bias>::registers;

  /// All values of the program, those that are stored among them.
  template <class Lanes>
  KILN_INLINE registers
  results(const state& s, std::size_t row, std::size_t column, sum v, Lanes m) const {
    registers r;
    for_each_index<loads>([&](auto k) KILN_INLINE_LAMBDA {
      if constexpr (form.views[first_view + k].rows) {
        r[k] = load<k>(row, column, m);
      } else {
        r[k] = s[k];
      }
    });
    r[static_cast<std::size_t>(form.anchor_register())] = as_float(v);
    program<Code, bias>::run(r, users);
    return r;
  }
  /// Whether result k is the sum of integers itself, which must not be rounded.
  template <std::size_t K>
  static constexpr bool stores_sum = integers&& form.views[first_view + loads + K].element
                                     == tensor::dtype::s32&& form.stored[K]
                                     == form.anchor_register();
  /// Stores result k.
  template <std::size_t K, class Lanes>
  KILN_INLINE void put(
      const registers& r, std::size_t row, std::size_t column, sum v, Lanes m) const {
    constexpr view_form to = form.views[first_view + loads + K];
    char* const at = place<loads + K>(row, column);
    if constexpr (stores_sum<K>) {
      store_view<detail::as_bits(to)>(at, column_stride[loads + K], bits_of(v), m);
    } else {
      store_view<to>(at, column_stride[loads + K], r[static_cast<std::size_t>(form.stored[K])], m);
    }
  }
  /// The sum as the program sees it: in f32.
  static KILN_INLINE simd::pack as_float(sum v) {
    if constexpr (integers) {
      return simd::to_float(v);
    } else {
      return v;
    }
  }
  static KILN_INLINE simd::pack bits_of(sum v) {
    if constexpr (integers) {
      return simd::as_float(v);
    } else {
      return v;
    }
  }
  static KILN_INLINE sum as_sum(simd::pack bits) {
    if constexpr (integers) {
      return simd::as_int(bits);
    } else {
      return bits;
    }
  }

  std::array<char*, views == 0 ? 1 : views> base;
  std::array<std::ptrdiff_t, views == 0 ? 1 : views> row_stride;
  std::array<std::ptrdiff_t, views == 0 ? 1 : views> column_stride;
  const Users& users;

  // The strides of forms that are contiguous or broadcast are constants here: no multiplication.
  template <std::size_t V>
  KILN_INLINE char* place(std::size_t row, std::size_t column) const {
    constexpr view_form f = form.views[first_view + V];
    std::ptrdiff_t elements = 0;
    if constexpr (f.rows) elements += static_cast<std::ptrdiff_t>(row) * row_stride[V];
    if constexpr (f.inner == crossing::contiguous) {
      elements += static_cast<std::ptrdiff_t>(column);
    } else if constexpr (f.inner == crossing::strided) {
      elements += static_cast<std::ptrdiff_t>(column) * column_stride[V];
    }
    return base[V] + elements * detail::bytes_of<f>;
  }
  template <std::size_t K, class Lanes>
  KILN_INLINE simd::pack load(std::size_t row, std::size_t column, Lanes m) const {
    return load_view<form.views[first_view + K]>(place<K>(row, column), column_stride[K], m);
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
