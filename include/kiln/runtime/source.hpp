// SPDX-License-Identifier: MIT
// Where weights can come from when their names are known at run time only.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/tensor/memory.hpp>

#include <concepts>
#include <optional>
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

}  // namespace KILN_ISA
}  // namespace kiln::runtime
