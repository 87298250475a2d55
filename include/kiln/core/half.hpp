// SPDX-License-Identifier: MIT
// Sixteen-bit floating storage types and their exact conversions to and from float.
#pragma once

#include <kiln/core/config.hpp>

#include <bit>
#include <cstdint>

namespace kiln::core {

/// bfloat16: the upper half of a float (8 bits of significand, the exponents of float).
struct bf16 final {
  std::uint16_t bits;
  friend constexpr bool operator==(const bf16&, const bf16&) = default;
};

/// IEEE 754 binary16 (11 bits of significand, 2^-24 ... 65504).
struct f16 final {
  std::uint16_t bits;
  friend constexpr bool operator==(const f16&, const f16&) = default;
};

/// The same value as a float; exact, a signalling NaN becomes quiet only where the hardware does
/// so.
///
/// @errors  none
constexpr float to_float(bf16 x) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16);
}

/// @copydoc to_float
constexpr float to_float(f16 x) {
  const std::uint32_t sign = static_cast<std::uint32_t>(x.bits & 0x8000U) << 16;
  const std::uint32_t rest = x.bits & 0x7fffU;
  if (rest >= 0x7c00U) {  // infinity keeps a zero fraction; a NaN becomes quiet
    const std::uint32_t quiet = rest > 0x7c00U ? 0x00400000U : 0U;
    return std::bit_cast<float>(sign | 0x7f800000U | quiet | (rest & 0x3ffU) << 13);
  }
  if (rest < 0x0400U) {  // zero and denormals: an integer times 2^-24, exact in float
    const float magnitude = static_cast<float>(rest) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((rest << 13) + ((127U - 15U) << 23)));
}

/// The nearest bfloat16, ties to even; too large gives infinity, NaN stays NaN (made quiet).
///
/// @accuracy  correctly rounded, denormals included
/// @errors    none
constexpr bf16 to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7fffffffU) > 0x7f800000U) {
    return {static_cast<std::uint16_t>(bits >> 16 | 0x0040U)};
  }
  // Half a unit of the last place that stays, less one where that place is even.
  const std::uint32_t rounding = 0x7fffU + (bits >> 16 & 1U);
  return {static_cast<std::uint16_t>((bits + rounding) >> 16)};
}

/// The nearest binary16, ties to even; too large gives infinity, NaN stays NaN (made quiet).
///
/// @accuracy  correctly rounded, denormals included
/// @errors    none
constexpr f16 to_f16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = bits >> 16 & 0x8000U;
  const std::uint32_t rest = bits & 0x7fffffffU;
  std::uint32_t half = 0;
  if (rest > 0x7f800000U) {
    half = 0x7e00U | (rest >> 13 & 0x3ffU);
  } else if (rest >= 0x477ff000U) {  // 65520 and above round to infinity
    half = 0x7c00U;
  } else if (rest < 0x38800000U) {  // below 2^-14: adding 1/2 puts the 2^-24 place last, rounding
    const float shifted = std::bit_cast<float>(rest) + 0.5F;
    half = std::bit_cast<std::uint32_t>(shifted) - 0x3f000000U;
  } else {
    half = (rest + 0x0fffU + (rest >> 13 & 1U) - ((127U - 15U) << 23)) >> 13;
  }
  return {static_cast<std::uint16_t>(sign | half)};
}

static_assert(to_float(bf16{0x3f80}) == 1.0F && to_bf16(1.0F) == bf16{0x3f80});
static_assert(to_float(f16{0x3c00}) == 1.0F && to_f16(1.0F) == f16{0x3c00});
static_assert(to_f16(65519.0F) == f16{0x7bff} && to_f16(65520.0F) == f16{0x7c00});
static_assert(to_f16(0x1p-25F) == f16{0} && to_f16(0x1.8p-25F) == f16{1});

}  // namespace kiln::core
