// SPDX-License-Identifier: MIT
// The code of stages without a contraction: maps and packs. One function a stage code.
#pragma once

#include <kiln/codegen/program.hpp>
#include <kiln/kernel/gemm/pack.hpp>

#include <array>
#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Where the views of a stage are, and how far its axes reach. Strides count elements.
template <int Views, int Rank>
struct stage_arguments final {
  static constexpr auto views = static_cast<std::size_t>(Views == 0 ? 1 : Views);
  static constexpr auto axes = static_cast<std::size_t>(Rank == 0 ? 1 : Rank);

  std::array<char*, views> base{};
  std::array<std::array<std::ptrdiff_t, axes>, views> stride{};
  std::array<std::ptrdiff_t, axes> extent{};
};

/// The arguments of the stages that have this code.
template <class Code>
using arguments_of =
    stage_arguments<Code::form.operands + Code::form.loads + Code::form.stores, Code::form.rank>;

namespace detail {

template <view_form Form>
inline constexpr auto bytes_of = static_cast<std::ptrdiff_t>(size_of(Form.element));

/// Moves all views by `steps` elements of an axis.
template <class Code, class Bases>
KILN_INLINE void advance(Bases& base,
                         const arguments_of<Code>& a,
                         std::size_t axis,
                         std::ptrdiff_t steps) {
  constexpr auto views =
      static_cast<std::size_t>(Code::form.operands + Code::form.loads + Code::form.stores);
  for_each_index<views>([&](auto v) KILN_INLINE_LAMBDA {
    base[v] += a.stride[v][axis] * steps * bytes_of<Code::form.views[v]>;
  });
}

/// Calls f(bases) for every combination of the axes before `Last`.
template <class Code, std::size_t Axis, std::size_t Last, class Bases, class F>
KILN_INLINE void for_each_outer(Bases base, const arguments_of<Code>& a, const F& f) {
  if constexpr (Axis == Last) {
    f(base);
  } else {
    for (std::ptrdiff_t i = 0; i < a.extent[Axis]; ++i) {
      for_each_outer<Code, Axis + 1, Last>(base, a, f);
      advance<Code>(base, a, Axis, 1);
    }
  }
}

}  // namespace detail

/// A map: loads, store program, stores, over all axes; the innermost one in packs.
template <class Code, class Users>
void run_map(const arguments_of<Code>& a, const Users& users) noexcept {
  constexpr const stage_form& form = Code::form;
  constexpr std::size_t outer = form.kept > 0 ? static_cast<std::size_t>(form.kept - 1) : 0;
  const std::ptrdiff_t n = form.kept > 0 ? a.extent[outer] : 1;
  detail::for_each_outer<Code, 0, outer>(a.base, a, [&](const auto& base) KILN_INLINE_LAMBDA {
    const auto vector = [&](std::ptrdiff_t i, auto m) KILN_INLINE_LAMBDA {
      typename program<Code>::registers r;
      const auto place = [&](std::size_t v, std::ptrdiff_t bytes) KILN_INLINE_LAMBDA {
        return base[v] + a.stride[v][outer] * i * bytes;
      };
      for_each_index<static_cast<std::size_t>(form.loads)>([&](auto k) KILN_INLINE_LAMBDA {
        r[k] = load_view<form.views[k]>(
            place(k, detail::bytes_of<form.views[k]>), a.stride[k][outer], m);
      });
      program<Code>::run(r, users);
      for_each_index<static_cast<std::size_t>(form.stores)>([&](auto k) KILN_INLINE_LAMBDA {
        constexpr std::size_t v = static_cast<std::size_t>(form.loads) + k;
        store_view<form.views[v]>(place(v, detail::bytes_of<form.views[v]>),
                                  a.stride[v][outer],
                                  r[static_cast<std::size_t>(form.stored[k])],
                                  m);
      });
    };
    constexpr auto lanes = static_cast<std::ptrdiff_t>(simd::lanes);
    std::ptrdiff_t i = 0;
    for (; i + lanes <= n; i += lanes) vector(i, simd::all_lanes{});
    if (i < n) vector(i, simd::first(static_cast<std::size_t>(n - i)));
  });
}

/// A pack: a [k, n] matrix into panels, those of s8 with what corrects products of a shifted A.
/// Bytes of u8 are parts of words: which numbers they hold does not matter here.
template <class Code>
void run_pack(const arguments_of<Code>& a) noexcept {
  constexpr auto batch = static_cast<std::size_t>(Code::form.rank - 3);
  constexpr tensor::dtype element = Code::form.views[0].element;
  constexpr bool words = element == tensor::dtype::u8;
  constexpr auto numbers =
      words ? kernel::gemm::arithmetic::u8s8 : detail::arithmetic_of(element, element);
  using number = kernel::gemm::b_element<numbers>;
  const auto n = static_cast<std::size_t>(a.extent[batch + 1]);
  const auto k = static_cast<std::size_t>(a.extent[batch + 2]);
  auto* const packed = reinterpret_cast<number*>(a.base[1]);
  kernel::gemm::pack_b<numbers>(reinterpret_cast<const number*>(a.base[0]),
                                a.stride[0][batch + 2],
                                a.stride[0][batch + 1],
                                k,
                                n,
                                packed);
  if constexpr (kernel::gemm::sums_integers(numbers) && !words) {
    auto* const sums = packed + kernel::gemm::packed_elems(numbers, k, n);
    kernel::gemm::compensate<numbers>(packed, k, n, reinterpret_cast<std::int32_t*>(sums));
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
