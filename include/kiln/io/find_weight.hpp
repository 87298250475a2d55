// SPDX-License-Identifier: MIT
// Files as a source of weights: net::weights w{kiln::io::load_safetensors(path)}.
#pragma once

#include <kiln/io/array.hpp>
#include <kiln/tensor/memory.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace kiln::io {

/// An array as memory that is not checked yet. Its data may lie at any address.
///
/// @errors  none; an element type that kiln does not compute with is kept by its name
inline tensor::memory as_memory(const array& from) {
  tensor::memory m{};
  m.data = from.data.data();
  if (const auto type = compute_type(from.type)) {
    m.element = *type;
  } else {
    m.foreign = info_of(from.type).safetensors;
  }
  m.elems = static_cast<std::int64_t>(from.elems());
  constexpr std::size_t most = std::numeric_limits<std::int8_t>::max();
  m.rank = static_cast<std::int8_t>(std::min(from.shape.size(), most));
  for (std::size_t i = 0; i < std::min(from.shape.size(), m.extents.size()); ++i) {
    m.extents[i] = static_cast<std::int64_t>(from.shape[i]);
  }
  return m;
}

/// The tensor of this name in a file, for net::weights; nothing if there is none.
///
/// @errors  none
template <class File>
  requires requires(const File& x, std::string_view name) {
    { x.find(name) } -> std::same_as<const array*>;
  }
std::optional<tensor::memory> find_weight(const File& file, std::string_view name) {
  const array* const found = file.find(name);
  if (found == nullptr) return std::nullopt;
  return as_memory(*found);
}

}  // namespace kiln::io
