// SPDX-License-Identifier: MIT
// Numbers as text: shortest floats read back.
#include <kiln/graph/text.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>
#include <string>

namespace {

using namespace kiln;

template <class Write>
constexpr auto written(Write write) {
  graph::text_buffer<64> text;
  write(text);
  return text;
}
constexpr auto of_float(float x) {
  return written([x](auto& text) { graph::append_float(text, x); });
}
constexpr auto of_integer(std::int64_t x) {
  return written([x](auto& text) { graph::append_integer(text, x); });
}

static_assert(graph::text_sink<std::string> && graph::text_sink<graph::text_buffer<8>>);
static_assert(of_integer(0).view() == "0" && of_integer(-120).view() == "-120");
static_assert(of_integer(std::numeric_limits<std::int64_t>::min()).view()
              == "-9223372036854775808");
static_assert(of_float(0).view() == "0" && of_float(-0.0F).view() == "-0");
static_assert(of_float(0.1F).view() == "0.1" && of_float(-2).view() == "-2");
static_assert(of_float(1e-5F).view() == "1e-5" && of_float(0.00025F).view() == "0.00025");
static_assert(of_float(1000000).view() == "1000000" && of_float(3e20F).view() == "3e20");
static_assert(of_float(1.5e-20F).view() == "1.5e-20" && of_float(12.75F).view() == "12.75");
static_assert(of_float(3.14159274F).view() == "3.1415927");
static_assert(of_float(std::numeric_limits<float>::infinity()).view() == "inf");
static_assert(of_float(-std::numeric_limits<float>::infinity()).view() == "-inf");
static_assert(of_float(std::numeric_limits<float>::quiet_NaN()).view() == "nan");

std::string text_of(float x) {
  std::string text;
  graph::append_float(text, x);
  return text;
}

}  // namespace

TEST_CASE("a float is written with digits that read back as the same float") {
  std::uint32_t bits = 1;
  for (int i = 0; i < 20000; ++i) {
    bits = bits * 1664525U + 1013904223U;
    const float x = std::bit_cast<float>(bits);
    if (x != x) continue;
    const std::string text = text_of(x);
    CAPTURE(text);
    CHECK(std::bit_cast<std::uint32_t>(std::strtof(text.c_str(), nullptr)) == bits);
    CHECK(text.size() <= 15);
  }
}

TEST_CASE("the extremes read back too") {
  using limits = std::numeric_limits<float>;
  for (const float x : {limits::max(),
                        limits::lowest(),
                        limits::min(),
                        limits::denorm_min(),
                        0x1p-140F,
                        16777216.0F,
                        0.3F,
                        1.0F / 3}) {
    CHECK(std::strtof(text_of(x).c_str(), nullptr) == x);
  }
}
