// SPDX-License-Identifier: MIT
// Tests of bf16 and f16 on every pattern and between all neighbours.
#include <kiln/core/half.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace core = kiln::core;

static_assert(sizeof(core::bf16) == 2 && sizeof(core::f16) == 2);
static_assert(core::to_float(core::f16{0x7bff}) == 65504.0F);
static_assert(core::to_float(core::f16{0x0001}) == 0x1p-24F);

namespace {

// The value of sixteen bits by definition, in double.
double value_of(std::uint32_t bits, int exponent_bits, int fraction_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = (bits >> 15) != 0 ? -1.0 : 1.0;
  const int exponent = static_cast<int>(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const double fraction = std::ldexp(bits & ((1U << fraction_bits) - 1U), -fraction_bits);
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias);
  return sign * std::ldexp(1 + fraction, exponent - bias);
}

template <class Half>
struct format;
template <>
struct format<core::bf16> {
  static constexpr int exponent_bits = 8;
  static core::bf16 round(float x) { return core::to_bf16(x); }
};
template <>
struct format<core::f16> {
  static constexpr int exponent_bits = 5;
  static core::f16 round(float x) { return core::to_f16(x); }
};

template <class Half>
double value_of(Half h) {
  constexpr int exponent_bits = format<Half>::exponent_bits;
  return value_of(h.bits, exponent_bits, 15 - exponent_bits);
}

float bits_to_float(std::uint32_t bits) { return std::bit_cast<float>(bits); }

}  // namespace

TEST_CASE_TEMPLATE("every pattern widens to its value and comes back",
                   Half,
                   core::bf16,
                   core::f16) {
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Half h{static_cast<std::uint16_t>(bits)};
    const float wide = core::to_float(h);
    const double expected = value_of(h);
    if (std::isnan(expected)) {
      wrong += !std::isnan(wide) || !std::isnan(value_of(format<Half>::round(wide)));
    } else {
      wrong += static_cast<double>(wide) != expected || std::signbit(wide) != (bits >> 15 != 0)
               || format<Half>::round(wide) != h;
    }
  }
  CHECK(wrong == 0);
}

// Between each pair of neighbours: just below, at, and just above the middle.
TEST_CASE_TEMPLATE("rounding goes to the nearest, ties to even", Half, core::bf16, core::f16) {
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 0x7fff; ++bits) {
    const Half low{static_cast<std::uint16_t>(bits)};
    const Half high{static_cast<std::uint16_t>(bits + 1)};
    // Above the largest number, infinity stands where the next number would be.
    const double step = value_of(low) - value_of(Half{static_cast<std::uint16_t>(bits - 1)});
    if (!std::isfinite(value_of(low))) break;
    const double up = std::isinf(value_of(high)) ? value_of(low) + step : value_of(high);
    const auto middle = static_cast<float>((value_of(low) + up) / 2);
    if (std::isinf(middle)) continue;
    const auto around = std::bit_cast<std::uint32_t>(middle);
    const Half even = bits % 2 == 0 ? low : high;
    for (const std::uint32_t sign : {0x0000U, 0x8000U}) {
      const auto with = [sign](Half h) { return Half{static_cast<std::uint16_t>(h.bits | sign)}; };
      const auto round = [sign](std::uint32_t b) {
        return format<Half>::round(bits_to_float(b | sign << 16));
      };
      wrong += round(around) != with(even);
      wrong += round(around + 1) != with(high);
      wrong += round(around - 1) != with(low);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("what does not fit becomes infinity, NaN stays NaN") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float largest = std::numeric_limits<float>::max();
  CHECK(core::to_bf16(largest) == core::bf16{0x7f80});
  CHECK(core::to_f16(-largest) == core::f16{0xfc00});
  CHECK(core::to_f16(infinity) == core::f16{0x7c00});
  CHECK(core::to_f16(0x1p-26F) == core::f16{0});
  // NaNs whose payload lies in the bits that are cut off.
  CHECK(std::isnan(core::to_float(core::to_bf16(bits_to_float(0x7f800001)))));
  CHECK(std::isnan(core::to_float(core::to_f16(bits_to_float(0xff800001)))));
}
