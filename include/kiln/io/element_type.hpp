// SPDX-License-Identifier: MIT
// The element types that array files know: their sizes, their spellings, and how much a shape
// takes.
#pragma once

#include <kiln/tensor/dtype.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace kiln::io {

/// What one element of a stored array is. More than kiln computes with: a file may hold index and
/// mask tensors beside the weights, and must still open.
enum class element_type : std::uint8_t {
  f64,
  f32,
  f16,
  bf16,
  f8_e5m2,
  f8_e4m3,
  s64,
  s32,
  s16,
  s8,
  u64,
  u32,
  u16,
  u8,
  boolean
};

/// How the file formats spell an element type; `npy` is empty where that format has no name for it.
struct element_info final {
  element_type type;
  std::size_t bytes;
  std::string_view safetensors;
  std::string_view npy;
};

/// Every element type, in the order of the enumeration.
inline constexpr std::array<element_info, 15> element_types{{
    {element_type::f64, 8, "F64", "f8"},
    {element_type::f32, 4, "F32", "f4"},
    {element_type::f16, 2, "F16", "f2"},
    {element_type::bf16, 2, "BF16", ""},
    {element_type::f8_e5m2, 1, "F8_E5M2", ""},
    {element_type::f8_e4m3, 1, "F8_E4M3", ""},
    {element_type::s64, 8, "I64", "i8"},
    {element_type::s32, 4, "I32", "i4"},
    {element_type::s16, 2, "I16", "i2"},
    {element_type::s8, 1, "I8", "i1"},
    {element_type::u64, 8, "U64", "u8"},
    {element_type::u32, 4, "U32", "u4"},
    {element_type::u16, 2, "U16", "u2"},
    {element_type::u8, 1, "U8", "u1"},
    {element_type::boolean, 1, "BOOL", "b1"},
}};

/// Size and spellings of one element type.
///
/// @errors    none
constexpr const element_info& info_of(element_type type) {
  return element_types[static_cast<std::size_t>(type)];
}

/// The element type that a file format spells so, or null: find_element(&element_info::npy, "f4").
///
/// @errors    none
constexpr const element_info* find_element(std::string_view element_info::*spelling,
                                           std::string_view text) {
  for (const element_info& info : element_types) {
    if (info.*spelling == text) return &info;
  }
  return nullptr;
}

/// The type that kiln computes with, or nothing where it has none (64-bit, index and mask types).
///
/// @errors    none
constexpr std::optional<tensor::dtype> compute_type(element_type type) {
  switch (type) {
    case element_type::f32:
      return tensor::dtype::f32;
    case element_type::bf16:
      return tensor::dtype::bf16;
    case element_type::f16:
      return tensor::dtype::f16;
    case element_type::s32:
      return tensor::dtype::s32;
    case element_type::s8:
      return tensor::dtype::s8;
    case element_type::u8:
      return tensor::dtype::u8;
    default:
      return std::nullopt;
  }
}

/// Bytes that an array of this shape fills, or nothing where they cannot be counted.
///
/// Zero extents do not hide huge ones: strides computed from the others must not overflow either.
///
/// @shape     shape: [rank]
/// @cost      rank multiplications
/// @errors    none; nothing is returned where the count would pass PTRDIFF_MAX
constexpr std::optional<std::size_t> byte_count(element_type type,
                                                std::span<const std::size_t> shape) {
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max();
  std::size_t bytes = info_of(type).bytes;
  bool empty = false;
  for (const std::size_t extent : shape) {
    if (extent == 0) {
      empty = true;
    } else if (bytes > most / extent) {
      return std::nullopt;
    } else {
      bytes *= extent;
    }
  }
  return empty ? 0 : bytes;
}

}  // namespace kiln::io
