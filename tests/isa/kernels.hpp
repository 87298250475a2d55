// SPDX-License-Identifier: MIT
// What the kernels under test offer, whatever they are compiled for.
#pragma once

#include <cstdint>
#include <span>
#include <support/requantized_image.hpp>
#include <support/requantized_mlp.hpp>

inline constexpr int rows = 33, depth = 70, columns = 50;

/// Kernels of one instruction set.
struct isa_test_table final {
  /// floats: [rows, depth] by [depth, columns], bias [columns], tanh.
  void (*floats)(std::span<const float> x,
                 std::span<const float> w,
                 std::span<const float> b,
                 std::span<float> y);
  /// bytes: [rows, depth] by [depth, columns], times scale, relu, to bytes.
  void (*bytes)(std::span<const std::uint8_t> x,
                std::span<const std::int8_t> w,
                std::span<const float> scale,
                std::span<std::uint8_t> y);
  /// Nets of integers.
  void (*mlp)(const kiln::test::requantized_mlp& numbers,
              std::span<const std::uint8_t> x,
              std::span<std::int8_t> y);
  void (*image)(const kiln::test::requantized_image& numbers, std::span<std::uint8_t> y);
  /// How often floats, bytes and sort were called, counted in an inline variable.
  int (*calls)();
  /// Sorts with the standard library's inline functions.
  void (*sort)(std::span<float> values);
  /// Throws kiln::error.
  void (*fail)();
};

/// Those of them that have sources of their own.
void run_mlp(const kiln::test::requantized_mlp& numbers,
             std::span<const std::uint8_t> x,
             std::span<std::int8_t> y);
void run_image(const kiln::test::requantized_image& numbers, std::span<std::uint8_t> y);

extern "C" const isa_test_table* isa_test_kernels();
extern "C" const char* isa_test_kernels_isa();
