// SPDX-License-Identifier: MIT
// Where weights can come from when their names are known at run time only.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/tensor/memory.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// A type whose namespace has `find_weight(source, name)`: the files of kiln::io.
template <class T>
concept finds_weights = requires(const T& x, std::string_view name) {
  { find_weight(x, name) } -> std::same_as<std::optional<tensor::memory>>;
};

/// A map from names to vectors, spans, matrices, ...
template <class T>
concept maps_weights = requires(const T& x, std::string_view name) {
  requires tensor::memory_like<const typename T::mapped_type>;
  { x.find(typename T::key_type(name)) == x.end() } -> std::convertible_to<bool>;
};

/// Anything that finds tensors by name.
///
/// @models  io::safetensors, std::map<std::string, std::vector<float>>
template <class T>
concept weight_source = finds_weights<T> || maps_weights<T>;

/// The memory of a name in a source; nothing if there is none.
template <weight_source Source>
std::optional<tensor::memory> look_up(const Source& source, std::string_view name) {
  if constexpr (finds_weights<Source>) {
    return find_weight(source, name);
  } else {
    const auto found = source.find(typename Source::key_type(name));
    if (found == source.end()) return std::nullopt;
    return tensor::memory_access<const typename Source::mapped_type>::of(found->second);
  }
}

namespace detail {

/// True if the names differ in capitals at most.
constexpr bool same_letters(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i) same = small(a[i]) == small(b[i]);
  return same;
}

}  // namespace detail

/// A name in the source that differs from this one in capitals only; empty: there is none, or the
/// source has no list of its names: neither a map, nor `tensors()` with names, nor `similar_name`.
///
/// @cost    linear in the source's names: for errors
template <weight_source Source>
std::string similar_name(const Source& source, std::string_view name) {
  if constexpr (requires { std::string(source.similar_name(name)); }) {
    return source.similar_name(name);
  } else if constexpr (requires { std::string_view(source.tensors().begin()->name); }) {
    for (const auto& tensor : source.tensors()) {
      if (detail::same_letters(tensor.name, name)) return std::string(tensor.name);
    }
  } else if constexpr (maps_weights<Source>) {
    for (const auto& [key, data] : source) {
      if (detail::same_letters(key, name)) return std::string(key);
    }
  }
  return {};
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
