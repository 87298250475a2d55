// SPDX-License-Identifier: MIT
// Calibrates a net with an output that is called as the ranges.
// expect: kiln: calibrate needs the name .*ranges.*, which an output of the net has
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <span>
#include <vector>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::matmul(x, kiln::weight<"w", kiln::f32>(8_c, 16_c));
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::outputs<"a", "b">(h, h + 1);
#else
constexpr auto y = kiln::outputs<"a", "ranges">(h, h + 1);
#endif
using net = kiln::compile<y, kiln::observing>;

std::vector<float> ranges_of(const net::weights& weights) {
  const std::span<const std::vector<float>> batches;
  return kiln::calibrate<net>(weights, batches, [](auto&, const auto&, const auto&) {});
}
