// SPDX-License-Identifier: MIT
// Numbers as text inside types.
#include <kiln/dsl/number_text.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string_view>

namespace {

template <auto Make>
struct getter {
  static constexpr double value() { return Make(); }
};
template <auto Make>
inline constexpr std::string_view text = kiln::dsl::number_text<getter<Make>>::view;

TEST_CASE("eleven significant digits") {
  CHECK(text<[] { return 0.0; }> == "0");
  CHECK(text<[] { return 1.0; }> == "1");
  CHECK(text<[] { return -2.5; }> == "-2.5");
  CHECK(text<[] { return 0.1; }> == "0.1");
  CHECK(text<[] { return double{0.1F}; }> == "0.10000000149");
  CHECK(text<[] { return 0.001; }> == "0.001");
  CHECK(text<[] { return 1234567.0; }> == "1234567");
  CHECK(text<[] { return 100.0; }> == "100");
  CHECK(text<[] { return 1e300; }> == "1e+300");
  CHECK(text<[] { return 1.5e-7; }> == "1.5e-07");
  CHECK(text<[] { return 9.99999999999e9; }> == "10000000000");
  CHECK(text<[] { return -std::numeric_limits<double>::infinity(); }> == "-inf");
  CHECK(text<[] { return std::numeric_limits<double>::quiet_NaN(); }> == "nan");
}

}  // namespace
