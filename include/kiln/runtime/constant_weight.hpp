// SPDX-License-Identifier: MIT
// Weights whose numbers the compiler knows, and what it says of them.
#pragma once

#include <kiln/codegen/constant_layout.hpp>
#include <kiln/runtime/binding.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// A weight's data in static storage with its name: what kiln::bind<"w", data>() makes.
template <class Name, const auto& Data>
struct constant_weight final {
  using name = Name;
  using object = std::remove_reference_t<decltype(Data)>;
  static constexpr const object& data = Data;
};

/// What can keep the compiler from packing (tests/compile_fail/runtime/).
enum class packing_mistake : std::uint8_t {
  not_a_constant,  // an array, std::array or span of static storage is: kiln::bind<"w", data>()
  operator_needs_run_time,  // exp and the like: no constant expressions
  settings_need_run_time    // moves that pack weights part by part
};

namespace detail {

template <class T>
inline constexpr bool is_constant_weight = false;
template <class Name, const auto& Data>
inline constexpr bool is_constant_weight<constant_weight<Name, Data>> = true;

/// The first number of a range, or of the ranges in it.
template <class T>
constexpr auto first_number(const T& x) {
  if constexpr (std::ranges::contiguous_range<const T>) {
    return first_number(*std::ranges::data(x));
  } else {
    return x;
  }
}
/// Data whose numbers constant expressions may read.
template <class Given>
concept readable_constant = requires {
  typename std::bool_constant<(static_cast<void>(first_number(Given::data)), true)>;
};

template <class Given>
constexpr auto judge_constant() {
  if constexpr (is_constant_weight<Given>) {
    using object = typename Given::object;
    if constexpr (std::ranges::contiguous_range<
                      object> && tensor::memory_like<object> && readable_constant<Given>) {
      return core::ok{};
    } else {
      return core::compile_error<packing_mistake::not_a_constant,
                                 core::where<typename Given::name>,
                                 core::actual<object>>{};
    }
  } else {
    return core::compile_error<packing_mistake::not_a_constant, core::actual<Given>>{};
  }
}

/// A span may have any length, which is known nevertheless.
template <class Net, class Given>
constexpr auto judge_length() {
  constexpr int slot = slot_named<Net, role::weight, typename Given::name>;
  constexpr tensor::memory m = tensor::memory_access<typename Given::object>::of(Given::data);
  constexpr tensor::tensor_type t = contract_of<Net, role::weight, slot>.type;
  if constexpr (m.elems != t.elems().factor) {
    return core::compile_error<binding_mistake::wrong_size,
                               core::where<typename Given::name>,
                               core::expected<spelled_tensor<Net, role::weight, slot>>,
                               core::actual<elements<m.elems>>>{};
  } else {
    return core::ok{};
  }
}

template <op::kind Operation, std::size_t... I>
auto spell_operation(std::index_sequence<I...>) -> core::text<op::describe(Operation).name[I]...>;

template <class Net>
constexpr auto judge_prepare() {
  constexpr codegen::constant_obstacle x = codegen::obstacle_of(Net::plan);
  if constexpr (!x.any) {
    return core::ok{};
  } else if constexpr (x.is_loop) {
    return core::compile_error<packing_mistake::settings_need_run_time>{};
  } else {
    using name = decltype(spell_operation<x.operation>(
        std::make_index_sequence<op::describe(x.operation).name.size()>{}));
    return core::compile_error<packing_mistake::operator_needs_run_time, core::where<name>>{};
  }
}

}  // namespace detail

/// The verdict on what pack was given.
template <class Net, class... Given>
constexpr auto judge_packing() {
  using constants =
      typename detail::first_mistake<decltype(detail::judge_constant<Given>())...>::type;
  if constexpr (!std::is_same_v<constants, core::ok>) {
    return constants{};
  } else {
    using bindings =
        decltype(judge_bindings<Net,
                                named_weight<typename Given::name, typename Given::object>...>());
    if constexpr (!std::is_same_v<bindings, core::ok>) {
      return bindings{};
    } else {
      using lengths =
          typename detail::first_mistake<decltype(detail::judge_length<Net, Given>())...>::type;
      if constexpr (!std::is_same_v<lengths, core::ok>) {
        return lengths{};
      } else {
        return detail::judge_prepare<Net>();
      }
    }
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime

namespace kiln {

/// A weight's data with its name, for net::pack: an array, std::array (also of arrays) or span that
/// is a constexpr variable of static storage.
///
/// @errors  compile time: packing_mistake, when it is packed
template <core::fixed_string Name, const auto& Data>
[[nodiscard]] constexpr runtime::constant_weight<core::text_of<Name>, Data> bind() {
  return {};
}

}  // namespace kiln
