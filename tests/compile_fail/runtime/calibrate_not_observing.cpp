// SPDX-License-Identifier: MIT
// Calibrates a net that shows no ranges.
// expect: kiln: calibrate takes a net that was compiled with kiln::observing
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <span>
#include <vector>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto y = kiln::matmul(x, kiln::weight<"w", kiln::f32>(8_c, 16_c));
#ifdef KILN_EXPECT_OK
using net = kiln::compile<y, kiln::observing>;
#else
using net = kiln::compile<y>;
#endif

std::vector<float> ranges_of(const net::weights& weights) {
  const std::span<const std::vector<float>> batches;
  return kiln::calibrate<net>(weights, batches, [](auto&, const auto&, const auto&) {});
}
