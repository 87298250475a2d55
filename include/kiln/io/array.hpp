// SPDX-License-Identifier: MIT
// An array as files store it: name, element type, shape and the bytes that belong to them.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/core/half.hpp>
#include <kiln/io/element_type.hpp>
#include <kiln/io/text.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kiln::io {

// Both file formats are little endian, and elements are copied as they lie.
static_assert(std::endian::native == std::endian::little, "kiln::io reads on little endian only");

namespace detail {

template <class T>
constexpr std::optional<element_type> stored_as() {
  using enum element_type;
  if constexpr (std::same_as<T, double>) return f64;
  if constexpr (std::same_as<T, float>) return f32;
  if constexpr (std::same_as<T, core::f16>) return f16;
  if constexpr (std::same_as<T, core::bf16>) return bf16;
  if constexpr (std::signed_integral<T> && !std::same_as<T, char>) {
    return sizeof(T) == 8 ? s64 : sizeof(T) == 4 ? s32 : sizeof(T) == 2 ? s16 : s8;
  }
  if constexpr (std::unsigned_integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>) {
    return sizeof(T) == 8 ? u64 : sizeof(T) == 4 ? u32 : sizeof(T) == 2 ? u16 : u8;
  }
  return std::nullopt;
}

}  // namespace detail

/// A C++ type that is bit for bit one element type of a file.
///
/// @models    float, double, core::bf16, core::f16 and the integers of 8 to 64 bits; not bool, char
template <class T>
concept element = detail::stored_as<T>()
.has_value();

/// One array of a file. The readers promise that `data` is as long as type and shape say.
///
/// @law       data.size() == byte_count(type, shape)
struct array final {
  std::string source;  ///< file it came from, for error texts
  std::string name;    ///< its name in the file; empty where the format has none
  element_type type;
  std::vector<std::size_t> shape;   ///< [rank]; empty for a scalar
  std::span<const std::byte> data;  ///< row-major; aligned to nothing in particular

  /// Number of elements.
  ///
  /// @errors    none
  std::size_t elems() const { return data.size() / info_of(type).bytes; }

  /// True where `data` starts at an address that a T may have.
  ///
  /// @errors    none
  template <element T>
  bool is_aligned() const {
    return reinterpret_cast<std::uintptr_t>(data.data()) % alignof(T) == 0;
  }

  /// The elements where they lie, without a copy.
  ///
  /// @shape     out: [elems]
  /// @errors    run time: the array is not of type T, or lies at an address that a T may not have
  ///            (copy_to() reads those too)
  template <element T>
  std::span<const T> values() const {
    require<T>();
    if (!is_aligned<T>()) {
      core::raise(label() + ": expected an address that is a multiple of "
                  + std::to_string(alignof(T)) + ", found a misaligned one; copy_to() reads it");
    }
    return {reinterpret_cast<const T*>(data.data()), elems()};
  }

  /// Copies the elements as they are, from any alignment.
  ///
  /// @shape     to: [elems]
  /// @cost      one copy of data.size() bytes
  /// @errors    run time: the array is not of type T, or `to` is not of elems() elements
  template <element T>
  void copy_to(std::span<T> to) const {
    require<T>();
    require_length(to.size());
    if (!data.empty()) std::memcpy(to.data(), data.data(), data.size());
  }

  /// Copies the elements as f32, from any alignment and any type but the 8-bit floats.
  ///
  /// @shape     to: [elems]
  /// @accuracy  exact for f32, f16, bf16 and integers below 2^24; the others round to nearest even
  /// @errors    run time: an 8-bit float type, or `to` is not of elems() elements
  void copy_f32(std::span<float> to) const {
    require_length(to.size());
    switch (type) {
      case element_type::f64:
        return widen<double>(to);
      case element_type::f32:
        return copy_to<float>(to);
      case element_type::f16:
        return widen<core::f16>(to);
      case element_type::bf16:
        return widen<core::bf16>(to);
      case element_type::s64:
        return widen<std::int64_t>(to);
      case element_type::s32:
        return widen<std::int32_t>(to);
      case element_type::s16:
        return widen<std::int16_t>(to);
      case element_type::s8:
        return widen<std::int8_t>(to);
      case element_type::u64:
        return widen<std::uint64_t>(to);
      case element_type::u32:
        return widen<std::uint32_t>(to);
      case element_type::u16:
        return widen<std::uint16_t>(to);
      case element_type::u8:
      case element_type::boolean:
        return widen<std::uint8_t>(to);
      default:
        break;
    }
    core::raise(label() + ": expected a type that converts to F32, found "
                + std::string(info_of(type).safetensors));
  }

 private:
  std::string label() const {
    return name.empty() ? source : source + ": tensor " + io::quoted(name);
  }

  template <class T>
  void require() const {
    constexpr element_type wanted = *detail::stored_as<T>();
    if (type != wanted) {
      core::raise(label() + ": expected " + std::string(info_of(wanted).safetensors) + ", found "
                  + std::string(info_of(type).safetensors));
    }
  }

  void require_length(std::size_t length) const {
    if (length != elems()) {
      core::raise(label() + ": expected a buffer of " + std::to_string(elems())
                  + " elements, found " + std::to_string(length));
    }
  }

  template <class T>
  void widen(std::span<float> to) const {
    for (std::size_t i = 0; i < to.size(); ++i) {
      T stored;
      std::memcpy(&stored, data.data() + i * sizeof(T), sizeof(T));
      if constexpr (requires { core::to_float(stored); }) {
        to[i] = core::to_float(stored);
      } else {
        to[i] = static_cast<float>(stored);
      }
    }
  }
};

}  // namespace kiln::io
