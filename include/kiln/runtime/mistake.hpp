// SPDX-License-Identifier: MIT
// What the compiler refuses when weights are bound, views are made and run is called.
#pragma once

#include <kiln/core/diagnose.hpp>
#include <kiln/runtime/contract.hpp>
#include <kiln/tensor/memory.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// What can be wrong with the bindings of weights (tests/compile_fail/runtime/).
enum class binding_mistake : std::uint8_t {
  missing_weight,
  unknown_weight,
  bound_twice,
  wrong_element_type,
  wrong_size,
  not_memory,    // neither pointer nor contiguous range nor matrix
  not_a_binding  // data without a name: kiln::bind<"w">(data) gives it one
};

/// What can be wrong with a view (tests/compile_fail/runtime/).
enum class view_mistake : std::uint8_t {
  unknown_name,    // neither input nor output
  unknown_extent,  // kiln::size of a name that the tensor's extents do not use
  unknown_size,    // a pointer tells no size: kiln::size<"batch">(n) does
  wrong_element_type,
  wrong_size,
  read_only_output,
  temporary_memory,  // gone before run is called
  not_memory
};

/// What can be wrong with the arguments of a run (tests/compile_fail/runtime/).
enum class run_mistake : std::uint8_t {
  missing_input,
  missing_output,
  given_twice,
  not_a_view,
  view_of_another_net
};

/// What a verdict says of a tensor: its element type and extents; -n: n times a dynamic extent.
template <tensor::dtype Element, std::int32_t... Extents>
struct tensor_of;
/// What a verdict says of memory whose type fixes its length.
template <std::int64_t Count>
struct elements;
/// What a verdict says of nested arrays and fixed-size matrices; -1: known at run time.
template <std::int64_t... Extents>
struct extents;

namespace detail {

template <class Net>
struct weight_hint_of {
  using type = void;
};
template <class Net>
  requires requires { typename Net::weight_hint; }
struct weight_hint_of<Net> {
  using type = typename Net::weight_hint;
};

}  // namespace detail

/// What Net's settings say of a weight that its expression does not name; void: nothing.
/// `weight` is its name, `text` what is said.
template <class Net>
using weight_hint = typename detail::weight_hint_of<Net>::type;

/// True if there is something to say of the weight of this name.
template <class Net>
constexpr bool has_hint(std::string_view weight) {
  if constexpr (std::is_void_v<weight_hint<Net>>) {
    return false;
  } else {
    return weight == weight_hint<Net>::weight;
  }
}

namespace detail {

constexpr std::int32_t spelled_extent(const tensor::dim& d) {
  return d.is_static() ? d.factor : -d.factor;
}
template <class Net, role As, int Slot, std::size_t... I>
auto spell_tensor(std::index_sequence<I...>)
    -> tensor_of<contract_of<Net, As, Slot>.type.element,
                 spelled_extent(contract_of<Net, As, Slot>.type.dims[I])...>;

template <class T, std::size_t... I>
auto spell_extents(std::index_sequence<I...>)
    -> extents<tensor::memory_access<T>::known.extents[I]...>;

/// What the type T says of its size.
template <class T>
constexpr auto spell_memory() {
  constexpr tensor::memory known = tensor::memory_access<T>::known;
  if constexpr (known.rank > 0 && known.rank <= tensor::max_rank) {
    return std::type_identity<decltype(spell_extents<T>(
        std::make_index_sequence<static_cast<std::size_t>(known.rank)>{}))>{};
  } else {
    return std::type_identity<elements<known.elems>>{};
  }
}

}  // namespace detail

/// A tensor of the net as verdicts spell it.
template <class Net, role As, int Slot>
using spelled_tensor = decltype(detail::spell_tensor<Net, As, Slot>(
    std::make_index_sequence<static_cast<std::size_t>(contract_of<Net, As, Slot>.type.rank)>{}));

/// Memory of type T as verdicts spell it.
template <class T>
using spelled_memory = typename decltype(detail::spell_memory<T>())::type;

/// True unless the types alone say that memory of type T cannot be the tensor.
template <class T>
constexpr bool may_fit(const contract& c) {
  constexpr tensor::memory known = tensor::memory_access<T>::known;
  if (known.rank >= 0 && known.rank != c.type.rank) return false;
  std::int64_t elems = 1;
  for (int i = 0; i < c.type.rank; ++i) {
    const std::int64_t actual = known.rank >= 0 ? known.extents[static_cast<std::size_t>(i)] : -1;
    const tensor::dim& d = c.type[i];
    if (actual >= 0 && (d.is_static() ? actual != d.factor : actual % d.factor != 0)) return false;
    elems *= d.factor;
  }
  if (known.elems < 0 || known.row_stride != tensor::dense_rows) return true;
  return c.is_static() ? known.elems == elems : known.elems > 0 && known.elems % elems == 0;
}

/// True if memory of elements T may be read as `element`. Weights of half precision become f32,
/// which is exact; every other conversion is the caller's to make.
template <class T>
constexpr bool may_read(tensor::dtype element, bool is_weight) {
  if constexpr (std::is_void_v<T>) {
    return true;
  } else {
    constexpr auto actual = tensor::element_of<std::remove_const_t<T>>;
    if constexpr (!actual.has_value()) {
      return false;
    } else {
      return *actual == element
             || (is_weight && element == tensor::dtype::f32
                 && (*actual == tensor::dtype::bf16 || *actual == tensor::dtype::f16));
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
