// SPDX-License-Identifier: MIT
// kiln::bind, and what the compiler can say of a net's weights before any number was read.
#pragma once

#include <kiln/runtime/mistake.hpp>

#include <array>
#include <type_traits>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// A weight's data with its name: what kiln::bind makes. T is the type of the data's object.
template <class Name, class T>
struct named_weight final {
  using name = Name;
  using object = T;
  tensor::memory data;
};

/// Stands for a binding that a compile error was reported for.
struct rejected_weight final {};

namespace detail {

template <class T>
inline constexpr bool is_named_weight = false;
template <class Name, class T>
inline constexpr bool is_named_weight<named_weight<Name, T>> = true;

/// The verdict on what stands in the place of a binding.
template <class T>
constexpr auto judge_kind() {
  if constexpr (is_named_weight<T> || std::is_same_v<T, rejected_weight>) {
    return core::ok{};
  } else {
    return core::compile_error<binding_mistake::not_a_binding, core::actual<T>>{};
  }
}

/// The verdict on one binding alone.
template <class Net, class Named>
constexpr auto judge_one() {
  using core::compile_error;
  using where = core::where<typename Named::name>;
  using object = typename Named::object;
  using value = typename tensor::memory_access<object>::value;
  constexpr int slot = slot_named<Net, role::weight, typename Named::name>;
  if constexpr (slot < 0) {
    return compile_error<binding_mistake::unknown_weight, where>{};
  } else {
    if constexpr (!may_read<value>(contract_of<Net, role::weight, slot>.type.element, true)) {
      return compile_error<binding_mistake::wrong_element_type,
                           where,
                           core::expected<spelled_tensor<Net, role::weight, slot>>,
                           core::actual<std::remove_const_t<value>>>{};
    } else if constexpr (!may_fit<object>(contract_of<Net, role::weight, slot>)) {
      return compile_error<binding_mistake::wrong_size,
                           where,
                           core::expected<spelled_tensor<Net, role::weight, slot>>,
                           core::actual<spelled_memory<object>>>{};
    } else {
      return core::ok{};
    }
  }
}

/// The first slot that no binding names, and the first that two name; -1: none.
struct slot_census final {
  int missing = -1;
  int twice = -1;
};
template <class Net, class... Names>
constexpr slot_census count_slots() {
  std::array<int, static_cast<std::size_t>(slots<Net, role::weight>) + 1> times{};
  for (const int slot : {slot_named<Net, role::weight, Names>..., -1}) {
    if (slot >= 0) ++times[static_cast<std::size_t>(slot)];
  }
  slot_census found{};
  for (int i = slots<Net, role::weight> - 1; i >= 0; --i) {
    if (times[static_cast<std::size_t>(i)] == 0) found.missing = i;
    if (times[static_cast<std::size_t>(i)] > 1) found.twice = i;
  }
  return found;
}

template <class... Verdicts>
struct first_mistake {
  using type = core::ok;
};
template <class First, class... Rest>
struct first_mistake<First, Rest...> {
  using type = First;
};
template <class... Rest>
struct first_mistake<core::ok, Rest...> : first_mistake<Rest...> {};

/// The verdict on a weight that no binding names.
template <class Net, int Slot>
constexpr auto judge_missing() {
  using core::compile_error;
  using where = core::where<spelled_name<Net, role::weight, Slot>>;
  using tensor = spelled_tensor<Net, role::weight, Slot>;
  if constexpr (has_hint<Net>(contract_of<Net, role::weight, Slot>.name)) {
    return compile_error<binding_mistake::missing_weight,
                         where,
                         core::expected<tensor, weight_hint<Net>>>{};
  } else {
    return compile_error<binding_mistake::missing_weight, where, core::expected<tensor>>{};
  }
}

/// The verdict on all bindings together: each weight once, and nothing else.
template <class Net, class... Named>
constexpr auto judge_names() {
  using alone = typename first_mistake<decltype(judge_one<Net, Named>())...>::type;
  constexpr slot_census census = count_slots<Net, typename Named::name...>();
  if constexpr (!std::is_same_v<alone, core::ok>) {
    return alone{};
  } else if constexpr (census.twice >= 0) {
    return core::compile_error<binding_mistake::bound_twice,
                               core::where<spelled_name<Net, role::weight, census.twice>>>{};
  } else if constexpr (census.missing >= 0) {
    return judge_missing<Net, census.missing>();
  } else {
    return core::ok{};
  }
}

template <class Name, class T>
constexpr auto judge_memory() {
  if constexpr (tensor::refused_memory<T>) {
    return typename tensor::memory_access<T>::template verdict<core::where<Name>>{};
  } else if constexpr (tensor::memory_like<T>) {
    return core::ok{};
  } else {
    return core::compile_error<binding_mistake::not_memory, core::where<Name>, core::actual<T>>{};
  }
}

}  // namespace detail

/// The verdict on what the constructor of weights was given.
template <class Net, class... Given>
constexpr auto judge_bindings() {
  using kinds = typename detail::first_mistake<decltype(detail::judge_kind<Given>())...>::type;
  if constexpr (!std::is_same_v<kinds, core::ok>) {
    return kinds{};
  } else if constexpr ((std::is_same_v<Given, rejected_weight> || ...)) {
    return core::ok{};  // reported already
  } else {
    return detail::judge_names<Net, Given...>();
  }
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime

namespace kiln {

/// A weight's data with its name, for the constructor of net::weights, which reads it and keeps
/// nothing of it: a temporary may be bound there and then.
///
/// @errors  compile time: not_memory; everything else, net::weights says
template <core::fixed_string Name, class T>
[[nodiscard]] constexpr auto bind(T&& data) {
  using object = std::remove_reference_t<T>;
  using name = core::text_of<Name>;
  if constexpr (core::accepted<decltype(runtime::detail::judge_memory<name, object>())>()) {
    return runtime::named_weight<name, object>{tensor::memory_access<object>::of(data)};
  } else {
    return runtime::rejected_weight{};
  }
}

}  // namespace kiln
