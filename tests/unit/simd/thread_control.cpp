// SPDX-License-Identifier: MIT
// Waiting, and the way floating-point numbers are rounded.
#include <kiln/simd/thread_control.hpp>

#include <doctest/doctest.h>

#include <cfenv>
#include <limits>

using namespace kiln;

TEST_CASE("a pause ends") {
  for (int i = 0; i < 1000; ++i) simd::pause();
}

#if defined(__SSE__) || defined(__aarch64__)
TEST_CASE("rounding is read and set") {
  const std::uint32_t usual = simd::float_control();
  REQUIRE(std::fesetround(FE_UPWARD) == 0);
  const std::uint32_t upward = simd::float_control();
  CHECK(upward != usual);
  simd::set_float_control(usual);
  volatile float one = 1.0F, three = 3.0F;
  const float near = one / three;
  simd::set_float_control(upward);
  const float above = one / three;
  const std::uint32_t set = simd::float_control();
  simd::set_float_control(usual);
  const std::uint32_t back = simd::float_control();
  std::fesetround(FE_TONEAREST);  // what else there is on x86 beside MXCSR
  CHECK(set == upward);
  CHECK(back == usual);
  CHECK(near == 1.0F / 3.0F);
  CHECK(above >= near);
  CHECK(above * 3.0 >= 1.0);
  CHECK(above - near < std::numeric_limits<float>::epsilon());
}

TEST_CASE("flags of what happened are not part of it") {
  const std::uint32_t before = simd::float_control();
  volatile float one = 1.0F, three = 3.0F;
  volatile float inexact = one / three;
  CHECK(inexact > 0.0F);
  CHECK(simd::float_control() == before);
}
#endif
