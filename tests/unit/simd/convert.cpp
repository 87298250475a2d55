// SPDX-License-Identifier: MIT
// Tests of all element types: every pattern in, every exponent out, tails at guard pages.
#include <kiln/simd/convert.hpp>

#include <doctest/doctest.h>

#include "guarded.hpp"
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace core = kiln::core;
namespace simd = kiln::simd;
using kiln::test::guarded;
using simd::lanes;

namespace {

// Any bit pattern, as an element.
template <class Element>
Element pattern(std::uint32_t bits) {
  Element e;
  std::memcpy(&e, &bits, sizeof e);
  return e;
}

float widened(float x) { return x; }
float widened(core::bf16 x) { return core::to_float(x); }
float widened(core::f16 x) { return core::to_float(x); }
template <class Integer>
  requires(std::is_integral_v<Integer>)
float widened(Integer x) { return static_cast<float>(x); }

// What storing shall do, written for one number.
template <class Element>
Element narrowed(float x) {
  if constexpr (std::is_same_v<Element, float>) {
    return x;
  } else if constexpr (std::is_same_v<Element, core::bf16>) {
    return core::to_bf16(x);
  } else if constexpr (std::is_same_v<Element, core::f16>) {
    return core::to_f16(x);
  } else {
    if (std::isnan(x)) return 0;
    using limits = std::numeric_limits<Element>;
    const double rounded = std::nearbyint(static_cast<double>(x));
    if (rounded <= static_cast<double>(limits::min())) return limits::min();
    if (rounded >= static_cast<double>(limits::max())) return limits::max();
    return static_cast<Element>(rounded);
  }
}

template <class Element>
bool same_bits(const Element& a, const Element& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

bool same_number(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

#define KILN_TEST_ELEMENTS float, core::bf16, core::f16, std::int8_t, std::uint8_t, std::int32_t

TEST_CASE_TEMPLATE("every pattern of up to 16 bits widens to its value",
                   Element,
                   KILN_TEST_ELEMENTS) {
  int wrong = 0;
  const std::uint32_t step = sizeof(Element) == 4 ? 65521U : 1U;
  const std::uint64_t count = std::uint64_t{1} << 8 * sizeof(Element);
  for (std::uint64_t bits = 0; bits + step * lanes <= count; bits += step * lanes) {
    std::array<Element, lanes> x{};
    for (std::size_t i = 0; i < lanes; ++i) {
      x[i] = pattern<Element>(static_cast<std::uint32_t>(bits + step * i));
    }
    const auto y = simd::to_array(simd::load_as(x.data()));
    for (std::size_t i = 0; i < lanes; ++i) wrong += !same_number(y[i], widened(x[i]));
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("every exponent narrows with one rounding, saturating",
                   Element,
                   KILN_TEST_ELEMENTS) {
  int wrong = 0;
  const auto check = [&wrong](const std::array<float, lanes>& x) {
    std::array<Element, lanes> y{};
    simd::store_as(y.data(), simd::from_array(x));
    const auto back = simd::to_array(simd::load_as(y.data()));
    const auto rounded = simd::to_array(simd::rounded_as<Element>(simd::from_array(x)));
    for (std::size_t i = 0; i < lanes; ++i) {
      wrong += !same_bits(y[i], narrowed<Element>(x[i])) || !same_number(rounded[i], back[i]);
    }
  };
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32;) {
    std::array<float, lanes> x{};
    for (float& value : x) {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      bits += 32749;
    }
    check(x);
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("numbers between two integers and at the bounds",
                   Element,
                   std::int8_t,
                   std::uint8_t,
                   std::int32_t) {
  int wrong = 0;
  const auto check = [&wrong](float x) {
    std::array<Element, lanes> y{};
    simd::store_as(y.data(), simd::pack(x));
    wrong += !same_bits(y[0], narrowed<Element>(x));
  };
  for (int i = -1200; i <= 1200; ++i) check(static_cast<float>(i) * 0.25F);
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {infinity,
                        -infinity,
                        std::numeric_limits<float>::quiet_NaN(),
                        0x1p31F,
                        -0x1p31F,
                        2147483520.0F,
                        -2147483648.0F,
                        4e9F,
                        -4e9F,
                        1e-40F}) {
    check(x);
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("masked access stays inside its lanes", Element, KILN_TEST_ELEMENTS) {
  for (std::size_t n = 0; n <= lanes; ++n) {
    guarded<Element> room(n);
    const auto number = [](std::size_t i) { return narrowed<Element>(static_cast<float>(i + 1)); };
    for (Element* p : {room.data(), room.front()}) {
      for (std::size_t i = 0; i < n; ++i) p[i] = number(i);
      const auto x = simd::to_array(simd::load_as(p, simd::first(n)));
      for (std::size_t i = 0; i < lanes; ++i) {
        CHECK(x[i] == (i < n ? static_cast<float>(i + 1) : 0.0F));
      }
      for (std::size_t i = 0; i < n; ++i) p[i] = Element{};
      simd::store_as(p, simd::from_array(x), simd::first(n));
      for (std::size_t i = 0; i < n; ++i) CHECK(same_bits(p[i], number(i)));
    }
    std::array<Element, lanes + 1> wide{};
    for (auto& element : wide) element = number(76);
    simd::store_as(wide.data() + 1, simd::pack(3), simd::first(n));
    CHECK(same_bits(wide[0], number(76)));
    for (std::size_t i = 0; i < lanes; ++i) {
      CHECK(same_bits(wide[i + 1], i < n ? number(2) : number(76)));
    }
  }
}
