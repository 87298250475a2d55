// SPDX-License-Identifier: MIT
// net::view: the caller's memory for one input or output, checked when it is made.
#pragma once

#include <kiln/codegen/frame.hpp>
#include <kiln/runtime/match.hpp>
#include <kiln/runtime/mistake.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// The value of a dynamic extent: what kiln::size makes.
template <class Name>
struct named_size final {
  using name = Name;
  std::int64_t value;
};

/// Stands for a view that a compile error was reported for, so that it is the only one.
struct rejected_view final {};

namespace detail {

template <class T>
struct name_of_size;
template <class Name>
struct name_of_size<named_size<Name>> {
  using type = Name;
};

template <class T>
concept sized = requires {
  typename name_of_size<T>::type;
};

/// The names of all inputs and outputs, for an error.
template <class Net, class Inputs, class Outputs>
struct view_names;
template <class Net, std::size_t... In, std::size_t... Out>
struct view_names<Net, std::index_sequence<In...>, std::index_sequence<Out...>> {
  using type = core::expected<spelled_name<Net, role::input, static_cast<int>(In)>...,
                              spelled_name<Net, role::output, static_cast<int>(Out)>...>;
};
template <class Net, role As>
using slot_sequence = std::make_index_sequence<static_cast<std::size_t>(slots<Net, As>)>;

/// Which input or output of Net has the name.
template <class Net, class Name>
struct view_place {
  static constexpr int input = slot_named<Net, role::input, Name>;
  static constexpr int output = slot_named<Net, role::output, Name>;
  static constexpr bool found = input >= 0 || output >= 0;
  static constexpr role as = input >= 0 ? role::input : role::output;
  static constexpr int slot = input >= 0 ? input : output;
};

/// The first extent that was given and is not there; void: none.
template <class Net, role As, int Slot, class... Names>
struct first_stranger {
  using type = void;
};
template <class Net, role As, int Slot, class Name, class... Rest>
struct first_stranger<Net, As, Slot, Name, Rest...> {
  static constexpr int symbol = symbol_named<Net, Name>;
  using type = typename std::conditional_t<symbol >= 0 && contract_of<Net, As, Slot>.uses(symbol),
                                           first_stranger<Net, As, Slot, Rest...>,
                                           std::type_identity<Name>>::type;
};

/// True if nothing says how large the dynamic extents are: a bare pointer, and a size not given.
template <class T, class... Names>
constexpr bool size_is_open(const contract& c, bool all_given) {
  constexpr bool bare = std::is_pointer_v<T> && tensor::memory_access<T>::known.rank < 0;
  return bare && !c.is_static() && !all_given;
}

template <class Net, role As, int Slot, class... Names>
constexpr bool gives_all() {
  for (int s = 0; s < Net::graph.symbol_count; ++s) {
    if (contract_of<Net, As, Slot>.uses(s) && ((symbol_named<Net, Names> != s) && ...)) {
      return false;
    }
  }
  return true;
}

}  // namespace detail

/// The verdict on net::view<Name>(data, size...); T is the type of data, a reference if an lvalue.
template <class Net, class Name, class T, class... Sizes>
constexpr auto judge_view() {
  using where = core::where<Name>;
  using object = std::remove_reference_t<T>;
  using place = detail::view_place<Net, Name>;
  if constexpr (!place::found) {
    using names = typename detail::view_names<Net,
                                              detail::slot_sequence<Net, role::input>,
                                              detail::slot_sequence<Net, role::output>>::type;
    return core::compile_error<view_mistake::unknown_name, names, core::actual<Name>>{};
  } else if constexpr (tensor::refused_memory<object>) {
    return typename tensor::memory_access<object>::template verdict<where>{};
  } else if constexpr (!tensor::memory_like<object>) {
    return core::compile_error<view_mistake::not_memory, where, core::actual<object>>{};
  } else {
    constexpr const contract& c = contract_of<Net, place::as, place::slot>;
    using tensor_name = core::expected<spelled_tensor<Net, place::as, place::slot>>;
    using value = typename tensor::memory_access<object>::value;
    using stranger =
        typename detail::first_stranger<Net,
                                        place::as,
                                        place::slot,
                                        typename detail::name_of_size<Sizes>::type...>::type;
    constexpr bool all_given = detail::
        gives_all<Net, place::as, place::slot, typename detail::name_of_size<Sizes>::type...>();
    if constexpr (!std::is_reference_v<T> && !tensor::memory_access<object>::borrows) {
      return core::compile_error<view_mistake::temporary_memory, where, core::actual<object>>{};
    } else if constexpr (!may_read<value>(c.type.element, false)) {
      return core::compile_error<view_mistake::wrong_element_type,
                                 where,
                                 tensor_name,
                                 core::actual<value>>{};
    } else if constexpr (place::as == role::output && std::is_const_v<value>) {
      return core::compile_error<view_mistake::read_only_output, where, core::actual<value>>{};
    } else if constexpr (!may_fit<object>(c)) {
      return core::compile_error<view_mistake::wrong_size,
                                 where,
                                 tensor_name,
                                 core::actual<spelled_memory<object>>>{};
    } else if constexpr (!std::is_void_v<stranger>) {
      return core::
          compile_error<view_mistake::unknown_extent, where, tensor_name, core::actual<stranger>>{};
    } else if constexpr (detail::size_is_open<std::remove_cv_t<object>>(c, all_given)) {
      return core::
          compile_error<view_mistake::unknown_size, where, tensor_name, core::actual<object>>{};
    } else {
      return core::ok{};
    }
  }
}

/// Memory that was checked against the input or output in a slot of Net. It may be used for any
/// number of runs, as long as the memory lives.
template <class Net, role As, int Slot>
struct checked_view final {
  static constexpr const contract& expected = contract_of<Net, As, Slot>;
  codegen::bound_tensor bound;
  footprint bytes;
  symbol_values symbols;
};

namespace detail {

template <class Net, class Name>
KILN_INLINE void set_size(symbol_values& values, const named_size<Name>& size) {
  values[static_cast<std::size_t>(symbol_named<Net, Name>)] = size.value;
}

/// Fills v from memory and sizes, or says what is wrong.
template <class Net, class View, class... Sizes>
KILN_INLINE problem fill(View& v, const tensor::memory& m, const Sizes&... sizes) {
  (set_size<Net>(v.symbols, sizes), ...);
  matched to;
  const problem p = match(View::expected, m, v.symbols, to);
  v.bound = {static_cast<char*>(const_cast<void*>(m.data)), to.row_stride};
  v.bytes = to.bytes(m.data, size_of(View::expected.type.element));
  return p;
}

/// Reports what is wrong. It looks again, so that nothing has to be kept in memory for it when all
/// is well.
template <class Net, class View, class Object, class... Sizes>
[[noreturn]] KILN_NOINLINE void raise_problem(Object& data, const Sizes&... sizes) {
  View v{{}, {}, no_symbols};
  const tensor::memory m = tensor::memory_access<Object>::of(data);
  core::raise(explain(View::expected, m, fill<Net>(v, m, sizes...)));
}

}  // namespace detail

/// The view that net::view<Name> returns.
///
/// @pre     judge_view has nothing to say
/// @errors  run time: kiln::error with what was expected and found
template <class Net, class Name, class Object, class... Sizes>
KILN_INLINE auto make_view(Object& data, const Sizes&... sizes) {
  using place = detail::view_place<Net, Name>;
  using view = checked_view<Net, place::as, place::slot>;
  view v{{}, {}, no_symbols};
  const problem p = detail::fill<Net>(v, tensor::memory_access<Object>::of(data), sizes...);
  if (p.what != mismatch::none) [[unlikely]] {
    detail::raise_problem<Net, view>(data, sizes...);
  }
  return v;
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime

namespace kiln {

/// The value of the dynamic extent Name, where memory does not tell it: net::view<"x">(pointer,
/// kiln::size<"batch">(5)).
///
/// @errors  none here; a value that is not allowed, the view says
template <core::fixed_string Name>
constexpr runtime::named_size<core::text_of<Name>> size(std::int64_t value) {
  return {value};
}

}  // namespace kiln
