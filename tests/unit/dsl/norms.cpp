// SPDX-License-Identifier: MIT
// Normalisations and their default epsilon.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/norms.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto g = kiln::weight<"g", kiln::f32>(8_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(8_c);
constexpr auto layer = kiln::layer_norm(x, g, b);
constexpr auto rms = kiln::rms_norm(x, g, 1e-6F);
constexpr auto batch = kiln::batch_norm(x, g, b, 0, 1, 0.5F);
static_assert(layer.scalars[0] == 1e-5F && rms.scalars[0] == 1e-6F && batch.scalars[2] == 0.5F);
static_assert(kiln::dsl::poisoned<decltype(kiln::layer_norm(x, kiln::transpose(x), b))>);

TEST_CASE("operands in the order of the operators") {
  CHECK(kiln_test::lowered(layer)
        == "input x; weight g; weight b; constant; layer_norm 0 1 2 3 -> y=4");
  CHECK(kiln_test::lowered(rms) == "input x; weight g; constant; rms_norm 0 1 2 -> y=3");
  CHECK(kiln_test::lowered(batch)
        == "input x; weight g; weight b; constant; constant; constant; batch_norm 0 1 2 3 4 5 ->"
           " y=6");
}

}  // namespace
