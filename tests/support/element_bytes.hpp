// SPDX-License-Identifier: MIT
// Elements of any type as bytes, for tests that fill and read tensors without knowing their type.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/reference/tensor.hpp>
#include <kiln/tensor/dtype.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

namespace kiln::test {

/// Calls f with a value of the C++ type of an element.
template <class F>
auto with_element_type(tensor::dtype element, F f) {
  switch (element) {
    case tensor::dtype::bf16:
      return f(core::bf16{});
    case tensor::dtype::f16:
      return f(core::f16{});
    case tensor::dtype::s32:
      return f(std::int32_t{});
    case tensor::dtype::s8:
      return f(std::int8_t{});
    case tensor::dtype::u8:
      return f(std::uint8_t{});
    case tensor::dtype::f32:
      break;
  }
  return f(float{});
}

/// Writes the element nearest to x.
inline void write_element(tensor::dtype element, char* to, double x) {
  const double rounded = reference::round_to(element, x);
  with_element_type(element, [&]<class T>(T value) {
    if constexpr (std::is_same_v<T, core::bf16>) {
      value = core::to_bf16(static_cast<float>(rounded));
    } else if constexpr (std::is_same_v<T, core::f16>) {
      value = core::to_f16(static_cast<float>(rounded));
    } else {
      value = static_cast<T>(rounded);
    }
    std::memcpy(to, &value, sizeof(T));
  });
}

/// Reads an element.
inline double read_element(tensor::dtype element, const char* from) {
  return with_element_type(element, [&]<class T>(T value) -> double {
    std::memcpy(&value, from, sizeof(T));
    if constexpr (std::is_same_v<T, core::bf16> || std::is_same_v<T, core::f16>) {
      return static_cast<double>(core::to_float(value));
    } else {
      return static_cast<double>(value);
    }
  });
}

/// A number that tests an element type well: all of the small integers, floats of both signs
/// near 1.
inline double random_element(tensor::dtype element, std::mt19937& engine) {
  const auto integer = [&](int lo, int hi) {
    return static_cast<double>(std::uniform_int_distribution<int>(lo, hi)(engine));
  };
  if (element == tensor::dtype::u8) return integer(0, 255);
  if (element == tensor::dtype::s8) return integer(-128, 127);
  if (element == tensor::dtype::s32) return integer(-1'000'000'000, 1'000'000'000);
  return reference::round_to(
      element, static_cast<double>(std::uniform_real_distribution<float>(-1.5F, 1.5F)(engine)));
}

}  // namespace kiln::test
