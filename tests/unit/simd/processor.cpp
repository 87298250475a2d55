// SPDX-License-Identifier: MIT
// The processor says at least what the compiler was told that it may use.
#include <kiln/simd/processor.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace simd = kiln::simd;

namespace {

[[maybe_unused]] bool has(std::uint32_t bits, int number) { return (bits >> number & 1U) != 0; }

}  // namespace

TEST_CASE("asked twice, the processor says the same") {
  CHECK(simd::this_processor() == simd::this_processor());
}

TEST_CASE("what this program is compiled for is there, and the system saves it") {
  const simd::processor p = simd::this_processor();
#if defined(__SSE4_2__)
  CHECK(has(p.leaf1_c, 20));
#endif
#if defined(__AVX__)
  CHECK((has(p.leaf1_c, 27) && has(p.leaf1_c, 28) && (p.saved & 6U) == 6U));
#endif
#if defined(__AVX2__)
  CHECK(has(p.leaf7_b, 5));
#endif
#if defined(__LZCNT__)
  CHECK(has(p.extended_c, 5));
#endif
#if defined(__AVX512F__)
  CHECK((has(p.leaf7_b, 16) && (p.saved & 0xe6U) == 0xe6U));
#endif
#if defined(__AVX512VNNI__)
  CHECK(has(p.leaf7_c, 11));
#endif
#if defined(__AVX512BF16__)
  CHECK(has(p.leaf7_1_a, 5));
#endif
#if defined(__x86_64__)
  CHECK(p != simd::processor{});
#else
  CHECK(p == simd::processor{});
#endif
}
