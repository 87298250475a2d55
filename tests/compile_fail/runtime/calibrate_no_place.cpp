// SPDX-License-Identifier: MIT
// Calibrates a net that has as many outputs as it may.
// expect: kiln: calibrate needs one more output, and the net has as many as it may
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <span>
#include <vector>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto h = kiln::matmul(x, kiln::weight<"w", kiln::f32>(8_c, 16_c));
#ifdef KILN_EXPECT_OK
constexpr auto y =
    kiln::outputs<"a", "b", "c", "d", "e", "f", "g">(h, h + 1, h + 2, h + 3, h + 4, h + 5, h + 6);
#else
constexpr auto y = kiln::outputs<"a", "b", "c", "d", "e", "f", "g", "h">(
    h, h + 1, h + 2, h + 3, h + 4, h + 5, h + 6, h + 7);
#endif
using net = kiln::compile<y, kiln::observing>;

std::vector<float> ranges_of(const net::weights& weights) {
  const std::span<const std::vector<float>> batches;
  return kiln::calibrate<net>(weights, batches, [](auto&, const auto&, const auto&) {});
}
