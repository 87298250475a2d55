// SPDX-License-Identifier: MIT
// ARROW 5 in the compiler: packed weights as a constant, for read-only memory.
#pragma once

#include <kiln/codegen/constant_memory.hpp>
#include <kiln/core/half.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/runtime/constant_weight.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

template <class Net>
struct members;

namespace detail {

/// The weights of Net as prepare reads them: dense, in the element type that the net names.
template <class Net, class... Given>
struct constant_weights final {
 private:
  template <int Slot>
  static constexpr std::size_t place() {
    const bool named[] = {slot_named<Net, role::weight, typename Given::name> == Slot...};
    std::size_t i = 0;
    while (!named[i]) ++i;
    return i;
  }
  template <int Slot>
  using given = core::nth<place<Slot>(), Given...>;
  template <int Slot>
  using element = codegen::element_t<contract_of<Net, role::weight, Slot>.type.element>;

  /// Arrays of arrays, and halves that become floats.
  template <int Slot>
  static constexpr auto flattened() {
    constexpr auto count =
        static_cast<std::size_t>(contract_of<Net, role::weight, Slot>.type.elems().factor);
    codegen::constant_rows<element<Slot>, count> r{};
    std::size_t at = 0;
    flatten(given<Slot>::data, &r.elems[0], at);
    return r;
  }
  template <class Entry, class Element>
  static constexpr void flatten(const Entry& from, Element* to, std::size_t& at) {
    if constexpr (std::is_same_v<Entry, Element>) {
      to[at++] = from;
    } else if constexpr (std::is_same_v<Entry, core::bf16> || std::is_same_v<Entry, core::f16>) {
      to[at++] = core::to_float(from);
    } else {
      for (const auto& x : from) flatten(x, to, at);
    }
  }
  template <int Slot>
  static constexpr auto copy = flattened<Slot>();

  template <int Slot>
  static constexpr const element<Slot>* address_of() {
    using entry = std::ranges::range_value_t<const typename given<Slot>::object>;
    if constexpr (std::is_same_v<entry, element<Slot>>) {
      return std::ranges::data(given<Slot>::data);
    } else {
      return copy<Slot>.elems;
    }
  }

 public:
  template <int Slot>
  static constexpr const auto* pointer = address_of<Slot>();
};

/// A tensor of the packed memory. Each is a base of the whole, one behind the other.
template <class Net, int T>
struct packed_tensor {
  typename codegen::constant_layout<Net>::template content<T> content;
};

template <class Net>
inline constexpr auto packed_list = codegen::packed_tensors(Net::plan);
template <class Net, std::size_t I>
using nth_packed = packed_tensor<Net, packed_list<Net>.tensor[I]>;

template <class Net, class Indices = std::make_index_sequence<packed_list<Net>.size>>
struct packed_content;
template <class Net, std::size_t... I>
struct packed_content<Net, std::index_sequence<I...>> : nth_packed<Net, I>... {
  template <class... Given>
  static constexpr packed_content from() {
    using memory = codegen::constant_memory<Net, constant_weights<Net, Given...>>;
    return {nth_packed<Net, I>{memory::template content<packed_list<Net>.tensor[I]>}...};
  }
  /// Whether the bases lie where the plan says.
  static constexpr bool has_offsets() {
    std::int64_t at = 0;
    bool right = true;
    ((right = right && at == Net::plan.tensors[packed_list<Net>.tensor[I]].offset,
      at += static_cast<std::int64_t>(sizeof(nth_packed<Net, I>))),
     ...);
    return right && at >= Net::plan.packed_bytes;
  }
};

}  // namespace detail

/// Packed weights of a net as a constant: what net::pack returns. As a constexpr variable of static
/// storage it lies in read-only memory, complete when the program starts, for contexts to refer to.
template <class Net>
class packed final {
 public:
  static_assert(detail::packed_content<Net>::has_offsets());

  template <class... Given>
  static constexpr packed from() {
    return packed(detail::packed_content<Net>::template from<Given...>());
  }
  /// The packed memory; its content is kiln's own.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(static_cast<const void*>(&content_)),
            static_cast<std::size_t>(Net::plan.packed_bytes)};
  }

 private:
  friend members<Net>;

  // Zeros; what stands where pack was refused.
  constexpr packed() = default;
  constexpr explicit packed(const detail::packed_content<Net>& content)
      : content_(content) {}

  detail::packed_content<Net> content_{};
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime
