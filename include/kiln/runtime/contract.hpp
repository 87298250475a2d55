// SPDX-License-Identifier: MIT
// What a net expects of each input, output and weight: name, type, and how errors spell it.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/fixed_string.hpp>
#include <kiln/core/type_list.hpp>
#include <kiln/graph/graph.hpp>
#include <kiln/op/source.hpp>
#include <kiln/plan/movement.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// What a tensor is to its net.
enum class role : std::uint8_t { input, output, weight };

/// How errors call a role.
constexpr std::string_view name_of(role r) {
  constexpr std::string_view names[] = {"input", "output", "weight"};
  return names[static_cast<std::size_t>(r)];
}

/// One tensor of the net that the caller provides.
struct contract final {
  role as = role::input;
  std::string_view name{};
  tensor::tensor_type type{};
  const tensor::symbol_table* symbols = nullptr;
  bool gapless = false;  // rows lie one behind the other, for the net reads several as one

  /// True if an extent of the tensor is known at run time only, under the symbol's name.
  [[nodiscard]] constexpr bool uses(int symbol) const {
    for (int i = 0; i < type.rank; ++i) {
      if (type[i].symbols[symbol] > 0) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr bool is_static() const {
    for (int i = 0; i < type.rank; ++i) {
      if (!type[i].is_static()) return false;
    }
    return true;
  }
};

namespace detail {
constexpr bool has_role(const graph::node& x, role as) {
  return as == role::input ? x.is<op::input_op>() : x.is<op::weight_op>();
}
}  // namespace detail

namespace detail {
template <class Net, role As>
constexpr int number_of_slots() {
  if (As == role::output) return Net::graph.output_count;
  int n = 0;
  for (int i = 0; i < Net::graph.size; ++i) n += has_role(Net::graph[i], As);
  return n;
}
template <class Net, role As>
constexpr auto read_contracts() {
  constexpr auto count = static_cast<std::size_t>(number_of_slots<Net, As>());
  const auto& g = Net::graph;
  std::array<contract, count + 1> r{};
  for (std::size_t i = 0; As == role::output && i < count; ++i) {
    r[i] = {As, g.outputs[i].name, g[g.outputs[i].node].type, &g.symbols};
  }
  for (int i = 0; As != role::output && i < g.size; ++i) {
    if (!has_role(g[i], As)) continue;
    r[static_cast<std::size_t>(g[i].slot)] = {
        As, g[i].name, g[i].type, &g.symbols, As == role::input && plan::is_flattened(g, i)};
  }
  return r;
}
}  // namespace detail

/// How many tensors of a role Net has; their slots are 0, 1, ... Net::graph is a constexpr graph.
template <class Net, role As>
inline constexpr int slots = detail::number_of_slots<Net, As>();

/// The contracts of a role by slot, and an empty one behind them: one pass over the graph.
template <class Net, role As>
inline constexpr auto contracts = detail::read_contracts<Net, As>();

/// The contract of the tensor in a slot of Net.
template <class Net, role As, int Slot>
inline constexpr const contract& contract_of = contracts<Net, As>[static_cast<std::size_t>(Slot)];

/// The slot of the tensor with this role and name; -1: there is none.
template <class Net, role As>
constexpr int slot_of(std::string_view name) {
  for (int slot = 0; slot < slots<Net, As>; ++slot) {
    if (contracts<Net, As>[static_cast<std::size_t>(slot)].name == name) return slot;
  }
  return -1;
}

/// The index of a dynamic extent's name; -1: the net has none of this name.
template <class Net>
constexpr int symbol_of(std::string_view name) {
  for (int s = 0; s < Net::graph.symbol_count; ++s) {
    if (Net::graph.symbols[static_cast<std::size_t>(s)].name == name) return s;
  }
  return -1;
}

/// The same for names that are types.
template <class Net, role As, class Name>
inline constexpr int slot_named = slot_of<Net, As>(Name::view);
template <class Net, class Name>
inline constexpr int symbol_named = symbol_of<Net>(Name::view);

namespace detail {
template <class Net, role As, int Slot, std::size_t... I>
auto spell_name(std::index_sequence<I...>) -> core::text<contract_of<Net, As, Slot>.name[I]...>;

inline std::string text(const tensor::dim& d, const tensor::symbol_table& symbols) {
  std::string factors = d.is_static() || d.factor != 1 ? std::to_string(d.factor) : "";
  std::string bounds;
  for (int s = 0; s < tensor::max_symbols; ++s) {
    if (d.symbols[s] == 0) continue;
    const tensor::symbol& x = symbols[static_cast<std::size_t>(s)];
    for (int k = 0; k < d.symbols[s]; ++k) {
      if (!factors.empty()) factors += " * ";
      factors += x.name;
    }
    if (!bounds.empty()) bounds += ", ";
    bounds += std::string(x.name) + " <= " + std::to_string(x.bound);
  }
  // batch <= 512, but 2 * batch (batch <= 512)
  if (bounds.empty()) return factors;
  return bounds.starts_with(factors) && d.symbols.size() == 1 ? bounds
                                                              : factors + " (" + bounds + ')';
}
}  // namespace detail

/// The name of a tensor as a type, for compile errors.
template <class Net, role As, int Slot>
using spelled_name = decltype(detail::spell_name<Net, As, Slot>(
    std::make_index_sequence<contract_of<Net, As, Slot>.name.size()>{}));

/// The tensor as run-time errors call it: "input 'x'".
inline std::string title_of(const contract& c) {
  return std::string(name_of(c.as)) + " '" + std::string(c.name) + "'";
}

/// Its type as errors spell it: "f32[batch <= 512, 13]".
inline std::string type_text(const contract& c) {
  std::string s(name_of(c.type.element));
  s += '[';
  for (int i = 0; i < c.type.rank; ++i) {
    if (i > 0) s += ", ";
    s += detail::text(c.type[i], *c.symbols);
  }
  return s + ']';
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
