// SPDX-License-Identifier: MIT
// Weights that are copied before they are packed.
#include <kiln/runtime/staging.hpp>

#include <doctest/doctest.h>

#include <cstring>

using kiln::runtime::contract;
using kiln::runtime::matched;
using kiln::runtime::needs_staging;
using kiln::runtime::role;
using kiln::runtime::widens;
using kiln::tensor::dtype;
using kiln::tensor::memory;

static_assert(widens(dtype::bf16, dtype::f32) && widens(dtype::f16, dtype::f32));
static_assert(!widens(dtype::f32, dtype::bf16) && !widens(dtype::bf16, dtype::f16));
static_assert(!widens(dtype::s32, dtype::f32) && !widens(dtype::f32, dtype::f32));

namespace {
constexpr kiln::tensor::symbol_table none{};
constexpr contract weight{role::weight, "w", kiln::tensor::static_type(dtype::f32, 2, 3), &none};
template <class T>
memory over(const T* data, dtype element) {
  memory m{};
  m.data = data;
  m.element = element;
  return m;
}
}  // namespace

TEST_CASE("aligned dense memory of the right type is packed where it lies") {
  alignas(8) float w[8] = {};
  CHECK(!needs_staging(weight, over(w, dtype::f32), {2, 3, 3}));
  CHECK(!needs_staging(weight, over(w, dtype::f32), {1, 3, 5}));  // no second row, no gap
  CHECK(needs_staging(weight, over(w, dtype::f32), {2, 3, 4}));
  CHECK(needs_staging(weight, over(w, dtype::bf16), {2, 3, 3}));
  CHECK(needs_staging(weight, over(reinterpret_cast<char*>(w) + 1, dtype::f32), {2, 3, 3}));
}

TEST_CASE("rows are copied without their gaps, misaligned or widened") {
  const float expected[6] = {1, 2, 3, 4, 5, 6};
  float to[6] = {};
  const auto check = [&](const memory& m, std::int64_t stride) {
    std::memset(to, 0, sizeof to);
    stage(weight, m, matched{2, 3, stride}, reinterpret_cast<char*>(to));
    CHECK(std::memcmp(to, expected, sizeof to) == 0);
  };
  const float spaced[8] = {1, 2, 3, -1, -1, 4, 5, 6};
  check(over(spaced, dtype::f32), 5);
  alignas(4) char shifted[sizeof expected + 1];
  std::memcpy(shifted + 1, expected, sizeof expected);
  check(over(shifted + 1, dtype::f32), 3);
  kiln::core::bf16 half[7] = {};
  kiln::core::f16 other[7] = {};
  for (int i = 0; i < 6; ++i) half[i + i / 3] = kiln::core::to_bf16(expected[i]);
  for (int i = 0; i < 6; ++i) other[i + i / 3] = kiln::core::to_f16(expected[i]);
  check(over(half, dtype::bf16), 4);
  check(over(other, dtype::f16), 4);
}
