// SPDX-License-Identifier: MIT
// Softmax along an axis.
#include <kiln/dsl/leaf.hpp>
#include <kiln/dsl/literals.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/dsl/softmax.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(4_c, 8_c);

constexpr auto last = kiln::softmax(x);
constexpr auto first = kiln::log_softmax<0>(x);
constexpr auto g = kiln::dsl::lower(last);
constexpr auto f = kiln::dsl::lower(first);
static_assert(g[1].is<kiln::op::softmax_op>());
static_assert(g[1].attributes_of<kiln::op::softmax_op>().axis == 1);
static_assert(f[1].attributes_of<kiln::op::log_softmax_op>().axis == 0);
static_assert(kiln::dsl::poisoned<decltype(kiln::softmax<-3>(x))>);

TEST_CASE("the type stays") { CHECK(g[1].type == kiln::tensor::static_type(kiln::f32, 4, 8)); }

}  // namespace
