// SPDX-License-Identifier: MIT
// Store programs: straight-line code on packs in registers.
#pragma once

#include <kiln/codegen/stage_code.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/fast_pack.hpp>
#include <kiln/simd/math.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// Calls f(integral_constant<size_t, I>) for I in [0, N), unrolled.
template <std::size_t N, class F>
KILN_INLINE void for_each_index(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) KILN_INLINE_LAMBDA {
    const int order[] = {0, (f(std::integral_constant<std::size_t, I>{}), 0)...};
    static_cast<void>(order);
  }
  (std::make_index_sequence<N>{});
}

/// The C++ type of an element.
template <tensor::dtype Element>
struct element_type;
template <>
struct element_type<tensor::dtype::f32> {
  using type = float;
};
template <>
struct element_type<tensor::dtype::bf16> {
  using type = core::bf16;
};
template <>
struct element_type<tensor::dtype::f16> {
  using type = core::f16;
};
template <>
struct element_type<tensor::dtype::s32> {
  using type = std::int32_t;
};
template <>
struct element_type<tensor::dtype::s8> {
  using type = std::int8_t;
};
template <>
struct element_type<tensor::dtype::u8> {
  using type = std::uint8_t;
};
template <tensor::dtype Element>
using element_t = typename element_type<Element>::type;

/// How many lanes a mask lets through.
KILN_INLINE std::size_t lanes_of(simd::all_lanes) { return simd::lanes; }
inline std::size_t lanes_of(simd::mask m) {
  float ones[simd::lanes] = {};
  simd::store(ones, simd::pack(1.0F), m);
  std::size_t n = 0;
  while (n < simd::lanes && ones[n] != 0.0F) ++n;
  return n;
}

/// lanes elements of a view from p on; `stride` matters for strided views only.
template <view_form Form, class Lanes>
KILN_INLINE simd::pack load_view(const char* p, std::ptrdiff_t stride, Lanes m) {
  using element = element_t<Form.element>;
  const auto* from = reinterpret_cast<const element*>(p);
  if constexpr (Form.inner == crossing::broadcast) {
    if constexpr (std::is_same_v<element, float>) {
      return simd::broadcast(from);
    } else {
      alignas(64) element copies[simd::lanes];
      for (auto& copy : copies) copy = *from;
      return simd::load_as(copies);
    }
  } else if constexpr (Form.inner == crossing::contiguous) {
    return simd::load_as(from, m);
  } else if constexpr (std::is_same_v<element, float>) {
    return simd::load_strided(from, stride, m);
  } else {
    alignas(64) element copies[simd::lanes]{};
    const std::size_t n = lanes_of(m);
    for (std::size_t i = 0; i < n; ++i) copies[i] = from[static_cast<std::ptrdiff_t>(i) * stride];
    return simd::load_as(copies);
  }
}

/// lanes elements to a view from p on; a view that does not cross the axis has one element.
template <view_form Form, class Lanes>
KILN_INLINE void store_view(char* p, std::ptrdiff_t stride, simd::pack v, Lanes m) {
  using element = element_t<Form.element>;
  auto* to = reinterpret_cast<element*>(p);
  if constexpr (Form.inner == crossing::broadcast) {
    simd::store_as(to, v, simd::first(1));
  } else if constexpr (Form.inner == crossing::contiguous) {
    simd::store_as(to, v, m);
  } else if constexpr (std::is_same_v<element, float>) {
    simd::store_strided(to, stride, v, m);
  } else {
    alignas(64) element copies[simd::lanes];
    simd::store_as(copies, v);
    const std::size_t n = lanes_of(m);
    for (std::size_t i = 0; i < n; ++i) to[static_cast<std::ptrdiff_t>(i) * stride] = copies[i];
  }
}

/// The user's callables of a stage, in the order of its instructions.
template <class... Callables>
struct callables final {
  static constexpr std::size_t size = sizeof...(Callables);
};
template <class First, class... Rest>
struct callables<First, Rest...> final {
  const First& first;
  callables<Rest...> rest;
  template <std::size_t I>
  KILN_INLINE constexpr const auto& get() const {
    if constexpr (I == 0) {
      return first;
    } else {
      return rest.template get<I - 1>();
    }
  }
};

namespace detail {

/// A callable for single floats on every lane.
template <class F, class... Packs>
KILN_INLINE simd::pack call_on_lanes(const F& f, const Packs&... x) {
  alignas(64) float in[sizeof...(Packs)][simd::lanes];
  alignas(64) float out[simd::lanes];
  std::size_t k = 0;
  ((simd::store(in[k++], x)), ...);
  for (std::size_t i = 0; i < simd::lanes; ++i) {
    [&]<std::size_t... J>(std::index_sequence<J...>) KILN_INLINE_LAMBDA { out[i] = f(in[J][i]...); }
    (std::index_sequence_for<Packs...>{});
  }
  return simd::load(out);
}

constexpr bool calls_user(const plan::instruction& x) {
  return x.kind == op::kind_of<op::map_op> || x.kind == op::kind_of<op::map_vector_op>;
}

constexpr std::size_t user_calls_before(const stage_form& form, std::size_t line) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < line; ++i) n += calls_user(form.lines[i]) ? 1U : 0U;
  return n;
}

}  // namespace detail

/// The instructions of a stage on one set of registers. Skip is a line that the anchor has done.
template <class Code, int Skip = -1>
struct program final {
  static constexpr const stage_form& form = Code::form;
  static constexpr auto count =
      static_cast<std::size_t>(form.registers() > 0 ? form.registers() : 1);
  using registers = std::array<simd::pack, count>;

  template <class Users>
  static KILN_INLINE void run(registers& r, const Users& users) {
    for_each_index<static_cast<std::size_t>(form.instructions)>([&](auto line) KILN_INLINE_LAMBDA {
      constexpr auto at = static_cast<std::size_t>(form.first_result()) + line;
      if constexpr (static_cast<int>(line) == Skip) {
        r[at] = r[static_cast<std::size_t>(form.anchor_register())];
      } else {
        r[at] = execute<line>(
            r, users, std::make_index_sequence<static_cast<std::size_t>(form.lines[line].count)>{});
      }
    });
  }

 private:
  template <std::size_t Line, class Users, std::size_t... K>
  static KILN_INLINE simd::pack execute(const registers& r,
                                        [[maybe_unused]] const Users& users,
                                        std::index_sequence<K...>) {
    constexpr plan::instruction x = form.lines[Line];
    using operation = typename op::operation_at<x.kind>::type;
    if constexpr (x.kind == op::kind_of<op::map_op>) {
      return detail::call_on_lanes(users.template get<detail::user_calls_before(form, Line)>(),
                                   r[static_cast<std::size_t>(x.registers[K])]...);
    } else if constexpr (x.kind == op::kind_of<op::map_vector_op>) {
      return users.template get<detail::user_calls_before(form, Line)>()(
          r[static_cast<std::size_t>(x.registers[K])]...);
    } else if constexpr (x.kind == op::kind_of<op::cast_op>) {
      return simd::rounded_as<element_t<static_cast<tensor::dtype>(x.detail)>>(
          r[static_cast<std::size_t>(x.registers[0])]);
    } else {
      using number = std::conditional_t<form.rough, simd::fast_pack, simd::pack>;
      return operation::template apply<number>(
          number(r[static_cast<std::size_t>(x.registers[K])])...);
    }
  }
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
