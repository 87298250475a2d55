// SPDX-License-Identifier: MIT
// Calibrates a net whose only product is one of inputs.
// expect: kiln: calibrate finds no product by constant weights of floats in the net
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <span>
#include <vector>

using namespace boost::hana::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
#ifdef KILN_EXPECT_OK
constexpr auto y = kiln::matmul(x, kiln::weight<"w", kiln::f32>(8_c, 16_c));
#else
constexpr auto y = kiln::matmul(x, kiln::input<"w", kiln::f32>(8_c, 16_c));
#endif
using net = kiln::compile<y, kiln::observing>;

std::vector<float> ranges_of(const net::weights& weights) {
  const std::span<const std::vector<float>> batches;
  return kiln::calibrate<net>(weights, batches, [](auto&, const auto&, const auto&) {});
}
