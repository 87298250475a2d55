// SPDX-License-Identifier: MIT
// The code of reduction and row stages: axes [kept... | reduced...].
#pragma once

#include <kiln/codegen/store_program.hpp>
#include <kiln/kernel/reduce.hpp>
#include <kiln/kernel/rows.hpp>

#include <type_traits>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

/// Calls f(pointer) for every place of the reduced axes [Axis, Last) of an operand, in order.
template <class Code, std::size_t Axis, std::size_t Last, class F>
KILN_INLINE void walk_reduced(const char* x, const arguments_of<Code>& a, const F& f) {
  if constexpr (Axis >= Last) {
    f(x);
  } else {
    for (std::ptrdiff_t i = 0; i < a.extent[Axis]; ++i) {
      walk_reduced<Code, Axis + 1, Last>(
          x + i * a.stride[0][Axis] * bytes_of<Code::form.views[0]>, a, f);
    }
  }
}

/// A view along one axis as a kernel's row: load(i, m).
template <view_form Form>
struct row_of final {
  const char* x;
  std::ptrdiff_t stride;
  template <class Lanes>
  KILN_INLINE simd::pack operator()(std::size_t i, Lanes m) const {
    const auto at = static_cast<std::ptrdiff_t>(i);
    const std::ptrdiff_t step = Form.inner == crossing::contiguous ? 1 : stride;
    return load_view<Form>(x + at * step * bytes_of<Form>, stride, m);
  }
};

constexpr view_form along_axis(view_form f, crossing c) {
  f.inner = c;
  return f;
}

/// One number at a time: the last reduced axis is read in packs.
template <class Code, class Reduction, class Users>
KILN_INLINE void reduce_rows(const arguments_of<Code>& a, float count, const Users& users) {
  constexpr const stage_form& form = Code::form;
  constexpr auto kept = static_cast<std::size_t>(form.kept),
                 last = static_cast<std::size_t>(form.rank - 1);
  constexpr std::size_t column = kept > 0 ? kept - 1 : 0;
  constexpr view_form line = along_axis(form.views[0], form.along);
  for_each_outer<Code, 0, kept>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    kernel::row_accumulator<Reduction> row;
    walk_reduced<Code, kept, last>(base[0], a, [&](const char* x) KILN_INLINE_LAMBDA {
      row.add(static_cast<std::size_t>(a.extent[last]), row_of<line>{x, a.stride[0][last]});
    });
    const store_program<Code, Users> ep(a, base, column, column, users);
    const simd::mask one = simd::first(1);
    auto state = ep.columns(0, one);
    ep.finish(state, 0, 0, Reduction::template finish<simd::pack>(row.result(), count), one);
  });
}

/// The last kept axis in packs: every reduced element adds a row.
template <class Code, class Reduction, class Users>
KILN_INLINE void reduce_columns(const arguments_of<Code>& a, float count, const Users& users) {
  constexpr const stage_form& form = Code::form;
  constexpr auto kept = static_cast<std::size_t>(form.kept),
                 rank = static_cast<std::size_t>(form.rank);
  for_each_outer<Code, 0, kept - 1>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    const store_program<Code, Users> ep(a, base, kept - 1, kept - 1, users);
    kernel::reduce_columns_over<Reduction>(
        static_cast<std::size_t>(a.extent[kept - 1]),
        [&](const auto& f) KILN_INLINE_LAMBDA { walk_reduced<Code, kept, rank>(base[0], a, f); },
        [&](const char* x, std::size_t i, auto m) KILN_INLINE_LAMBDA {
          return row_of<form.views[0]>{x, a.stride[0][kept - 1]}(i, m);
        },
        [&](std::size_t i, simd::pack v, auto m) KILN_INLINE_LAMBDA {
          auto state = ep.columns(i, m);
          ep.finish(state, 0, i, Reduction::template finish<simd::pack>(v, count), m);
        });
  });
}

}  // namespace detail

/// A reduction, in packs along whichever axis is contiguous.
template <class Code, class Users>
void run_reduction(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  using reduction = typename op::operation_at<form.operation>::type;
  float count = 1;
  for (auto axis = static_cast<std::size_t>(form.kept); axis < static_cast<std::size_t>(form.rank);
       ++axis) {
    count *= static_cast<float>(a.extent[axis]);
  }
  if constexpr (form.kept > 0 && form.views[0].inner == crossing::contiguous
                && form.along != crossing::contiguous) {
    detail::reduce_columns<Code, reduction>(a, count, users);
  } else {
    detail::reduce_rows<Code, reduction>(a, count, users);
  }
}

namespace detail {

/// The operands of a row stage for one row, and its scratch.
template <class Code, class Bases>
struct row_operands final {
  static constexpr const stage_form& form = Code::form;
  static constexpr auto kept = static_cast<std::size_t>(form.kept);
  static constexpr auto work_place = static_cast<std::size_t>(form.operands - 1);

  const arguments_of<Code>& a;
  const Bases& base;

  template <std::size_t K>
  [[nodiscard]] KILN_INLINE auto get() const {
    return row_of<form.views[K]>{base[K], a.stride[K][kept]};
  }
  template <std::size_t K>
  [[nodiscard]] KILN_INLINE float number() const {
    return simd::to_array(get<K>()(0, simd::first(1)))[0];
  }
  [[nodiscard]] KILN_INLINE float* work() const {
    return reinterpret_cast<float*>(a.base[work_place]);
  }
};

template <class Code, class Operands, class Store>
KILN_INLINE void call_row_kernel(std::size_t n, const Operands& x, const Store& store) {
  constexpr op::kind operation = Code::form.operation;
  if constexpr (operation == op::kind_of<op::softmax_op>) {
    kernel::softmax(n, x.template get<0>(), x.work(), store);
  } else if constexpr (operation == op::kind_of<op::log_softmax_op>) {
    kernel::log_softmax(n, x.template get<0>(), x.work(), store);
  } else if constexpr (operation == op::kind_of<op::layer_norm_op>) {
    kernel::layer_norm(n,
                       x.template get<0>(),
                       x.template get<1>(),
                       x.template get<2>(),
                       x.template number<3>(),
                       x.work(),
                       store);
  } else {
    static_assert(operation == op::kind_of<op::rms_norm_op>);
    kernel::rms_norm(
        n, x.template get<0>(), x.template get<1>(), x.template number<2>(), x.work(), store);
  }
}

}  // namespace detail

namespace detail {

/// Softmax of the rows along the last kept axis, several at a time where they are short.
template <class Code, class Users>
void run_softmax_rows(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr auto inner = static_cast<std::size_t>(Code::form.kept);
  constexpr std::size_t rows = inner - 1;
  constexpr view_form form = Code::form.views[0];
  for_each_outer<Code, 0, rows>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    const store_program<Code, Users> ep(a, base, rows, inner, users);
    const row_operands<Code, std::remove_cvref_t<decltype(base)>> x{a, base};
    const auto load = [&](std::size_t r, std::size_t i, auto m) KILN_INLINE_LAMBDA {
      const auto down = static_cast<std::ptrdiff_t>(r) * a.stride[0][rows] * bytes_of<form>;
      return row_of<form>{base[0] + down, a.stride[0][inner]}(i, m);
    };
    const auto store = [&](std::size_t r, std::size_t i, simd::pack v, auto m) KILN_INLINE_LAMBDA {
      auto state = ep.columns(i, m);
      ep.finish(state, r, i, v, m);
    };
    kernel::softmax_rows(static_cast<std::size_t>(a.extent[rows]),
                         static_cast<std::size_t>(a.extent[inner]),
                         load,
                         x.work(),
                         store);
  });
}

}  // namespace detail

/// A row operator: softmax, norms. The last operand is scratch for one row.
template <class Code, class Users>
void run_row(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr auto kept = static_cast<std::size_t>(Code::form.kept);
  if constexpr (Code::form.operation == op::kind_of<op::softmax_op> && kept > 0) {
    detail::run_softmax_rows<Code>(a, users);
  } else {
    detail::for_each_outer<Code, 0, kept>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
      const store_program<Code, Users> ep(a, base, kept, kept, users);
      const detail::row_operands<Code, std::remove_cvref_t<decltype(base)>> x{a, base};
      detail::call_row_kernel<Code>(static_cast<std::size_t>(a.extent[kept]),
                                    x,
                                    [&](std::size_t i, simd::pack v, auto m) KILN_INLINE_LAMBDA {
                                      auto state = ep.columns(i, m);
                                      ep.finish(state, 0, i, v, m);
                                    });
    });
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
