// SPDX-License-Identifier: MIT
// Activations lower to the operator of their name.
#include <kiln/dsl/activations.hpp>
#include <kiln/dsl/literals.hpp>

#include <doctest/doctest.h>

#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);
constexpr auto relu_of = kiln::relu(x);
constexpr auto tanh_of = kiln::tanh(x);
constexpr auto sigmoid_of = kiln::sigmoid(x);
constexpr auto mish_of = kiln::mish(x);
constexpr auto hardswish_of = kiln::hardswish(x);
constexpr auto softplus_of = kiln::softplus(x);
constexpr auto gelu_of = kiln::gelu(x);
constexpr auto gelu_tanh_of = kiln::gelu_tanh(x);

constexpr auto slope = kiln::weight<"s", kiln::f32>(8_c);
constexpr auto leaky = kiln::leaky_relu(x);
constexpr auto prelu = kiln::prelu(x, slope);
constexpr auto elu = kiln::elu(x, 2);
constexpr auto swish = kiln::swish(x, 1.5F);
constexpr auto silu = kiln::silu(x);
constexpr auto linear = kiln::linear(x, 2, 3);
constexpr auto hard = kiln::hardsigmoid(x);
static_assert(leaky.scalars[0] == 0.01F && silu.scalars[0] == 1.0F && elu.scalars[0] == 2.0F);
static_assert(hard.scalars[0] == 1.0F / 6.0F && hard.scalars[1] == 0.5F);
static_assert(linear.scalars[0] == 2 && linear.scalars[1] == 3);

TEST_CASE("activations of one operand") {
  CHECK(kiln_test::lowered(relu_of) == "input x; relu 0 -> y=1");
  CHECK(kiln_test::lowered(tanh_of) == "input x; tanh 0 -> y=1");
  CHECK(kiln_test::lowered(sigmoid_of) == "input x; sigmoid 0 -> y=1");
  CHECK(kiln_test::lowered(mish_of) == "input x; mish 0 -> y=1");
  CHECK(kiln_test::lowered(hardswish_of) == "input x; hardswish 0 -> y=1");
  CHECK(kiln_test::lowered(softplus_of) == "input x; softplus 0 -> y=1");
  CHECK(kiln_test::lowered(gelu_of) == "input x; gelu_erf 0 -> y=1");
  CHECK(kiln_test::lowered(gelu_tanh_of) == "input x; gelu_tanh 0 -> y=1");
}
TEST_CASE("parameters follow the operand") {
  CHECK(kiln_test::lowered(leaky) == "input x; constant; leaky_relu 0 1 -> y=2");
  CHECK(kiln_test::lowered(prelu) == "input x; weight s; prelu 0 1 -> y=2");
  CHECK(kiln_test::lowered(elu) == "input x; constant; elu 0 1 -> y=2");
  CHECK(kiln_test::lowered(swish) == "input x; constant; swish 0 1 -> y=2");
  CHECK(kiln_test::lowered(silu) == "input x; constant; swish 0 1 -> y=2");
  CHECK(kiln_test::lowered(linear) == "input x; constant; constant; linear 0 1 2 -> y=3");
  CHECK(kiln_test::lowered(hard) == "input x; constant; constant; hardsigmoid 0 1 2 -> y=3");
}

}  // namespace
