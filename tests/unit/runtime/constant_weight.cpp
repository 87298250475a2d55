// SPDX-License-Identifier: MIT
// Weights that the compiler knows: what is refused, as verdicts.
#include <kiln/op/exp.hpp>
#include <kiln/runtime/constant_weight.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace {

namespace runtime = kiln::runtime;
namespace core = kiln::core;
using runtime::binding_mistake, runtime::packing_mistake;
using support::layer;  // w: f32[3, 5], b: f32[5]

constexpr std::array<float, 15> w{};
constexpr std::array<std::array<float, 5>, 3> w_rows{};
constexpr std::array<kiln::core::f16, 15> w_half{};
constexpr float b[5] = {};
constexpr std::span<const float> b_span(b), short_span(b, 4);
const std::vector<float> run_time(5);
constexpr std::array<int, 5> wrong_element{};

template <core::fixed_string Name, const auto& Data>
using constant = decltype(kiln::bind<Name, Data>());
template <class... Given>
using verdict = decltype(runtime::judge_packing<layer, Given...>());

using kiln::core::text_of;
static_assert(std::is_same_v<verdict<constant<"w", w>, constant<"b", b>>, core::ok>);
static_assert(std::is_same_v<verdict<constant<"b", b_span>, constant<"w", w_rows>>, core::ok>);
static_assert(std::is_same_v<verdict<constant<"w", w_half>, constant<"b", b>>, core::ok>);

// The mistakes of bindings.
template <class Verdict>
inline constexpr auto what = 0;
template <auto What, class... Facts>
inline constexpr auto what<core::compile_error<What, Facts...>> = What;
static_assert(what<verdict<constant<"w", w>>> == binding_mistake::missing_weight);
static_assert(what<verdict<constant<"w", w>, constant<"v", b>>> == binding_mistake::unknown_weight);
static_assert(what<verdict<constant<"w", w>, constant<"w", w>>> == binding_mistake::bound_twice);
static_assert(what<verdict<constant<"w", b>, constant<"b", b>>> == binding_mistake::wrong_size);
static_assert(
    what<verdict<constant<"w", w>, constant<"b", short_span>>> == binding_mistake::wrong_size);
static_assert(what<verdict<constant<"w", w>,
                           constant<"b", wrong_element>>> == binding_mistake::wrong_element_type);

// Those of constants.
using vector_verdict = verdict<constant<"w", w>, decltype(kiln::bind<"b">(run_time))>;
static_assert(what<vector_verdict> == packing_mistake::not_a_constant);
static_assert(what<verdict<constant<"w", w>, float>> == packing_mistake::not_a_constant);

// y = x @ exp(w)
constexpr auto exp_graph = [] {
  using namespace support;
  graph<16> g{};
  const int x = g.push(leaf<kiln::op::input_op>(0, "x", matrix(2, 3)));
  const int weight = g.push(leaf<kiln::op::weight_op>(0, "w", matrix(3, 5)));
  const int e = g.push(make<kiln::op::exp_op>({weight}, matrix(3, 5)));
  const int y = g.push(make<kiln::op::matmul_op>({x, e}, matrix(2, 5)));
  g.outputs[0] = {static_cast<std::int16_t>(y), "y"};
  g.output_count = 1;
  return g;
}();
using exp_net = support::net_of<exp_graph>;
using exp_verdict = decltype(runtime::judge_packing<exp_net, constant<"w", w>>());
static_assert(std::is_same_v<exp_verdict,
                             core::compile_error<packing_mistake::operator_needs_run_time,
                                                 core::where<text_of<"exp">>>>);

}  // namespace

TEST_CASE("a constant weight refers to its data") { CHECK(&constant<"w", w>::data == &w); }
