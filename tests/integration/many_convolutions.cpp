// SPDX-License-Identifier: MIT
// A chain of nothing but convolutions, each of which needs more tensors than any other operator.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f16>(1_c, 5_c, 5_c, 4_c);
constexpr auto layer = [](const auto& h) {
  return kiln::conv2d<kiln::window{.pad = kiln::same}>(
      h, kiln::weight<"w", kiln::f16>(3_c, 3_c, 4_c, 4_c));
};
constexpr auto y = kiln::repeat<20>(layer, x);
using net = kiln::compile<y>;
static_assert(net::plan.tensors.size > 5 * 20);

}  // namespace

TEST_CASE("twenty padded convolutions of f16") { CHECK(net::packed_bytes > 0); }
