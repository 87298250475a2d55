// SPDX-License-Identifier: MIT
// Element types of tensors: name, size, and the rounding that storing into them does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kiln::tensor {

/// What one element of a tensor is stored as. Arithmetic on floating types runs in f32.
enum class dtype : std::uint8_t { f32, bf16, f16, s32, s8, u8 };

/// The type's name as texts spell it.
constexpr std::string_view name_of(dtype t) {
  constexpr std::string_view names[] = {"f32", "bf16", "f16", "s32", "s8", "u8"};
  return names[static_cast<std::size_t>(t)];
}

/// Bytes of one element.
constexpr std::size_t size_of(dtype t) {
  constexpr std::size_t sizes[] = {4, 2, 2, 4, 1, 1};
  return sizes[static_cast<std::size_t>(t)];
}

/// True for the types that arithmetic takes without a cast.
constexpr bool is_floating(dtype t) {
  return t == dtype::f32 || t == dtype::bf16 || t == dtype::f16;
}

}  // namespace kiln::tensor

namespace kiln {

/// Element types by their short names.
inline constexpr auto f32 = tensor::dtype::f32;
inline constexpr auto bf16 = tensor::dtype::bf16;
inline constexpr auto f16 = tensor::dtype::f16;
inline constexpr auto s32 = tensor::dtype::s32;
inline constexpr auto s8 = tensor::dtype::s8;
inline constexpr auto u8 = tensor::dtype::u8;

}  // namespace kiln
