// SPDX-License-Identifier: MIT
// Tests kiln/compile.hpp: what a net tells about itself, and settings.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(32_c, 16_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(16_c, 48_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(48_c, 8_c);
constexpr auto hidden = kiln::relu(kiln::matmul(x, w1));
constexpr auto y = kiln::matmul(hidden, w2) / 3.0F;

using net = kiln::compile<y>;
static_assert(net::groups == 1 && net::materialized == 0);
// hidden lives in block scratch: 32 rows of 48 floats.
static_assert(net::scratch_bytes == 32 * 48 * 4);
// A division counts as four. Panels of 16 columns: 16 x 48 and 48 x 16 floats.
static_assert(net::packed_bytes == (16 * 48 + 48 * 16) * 4);
static_assert(net::flops(0) == 2.0 * 32 * 16 * 48 + 32 * 48 + 2.0 * 32 * 48 * 8 + 4 * 32 * 8);
static_assert(net::bytes(0) == (32 * 16 + 16 * 48 + 48 * 16 + 32 * 8) * 4.0);
static_assert(net::stack_bytes < 16_KiB);

// Without fusion every operator is a group, and what lies between is in memory.
struct unfused : kiln::settings {
  static constexpr auto moves = kiln::plan::moves(kiln::plan::collapse, kiln::plan::place_scratch);
};
using plain = kiln::compile<y, unfused>;
static_assert(plain::groups == 4 && plain::materialized == 3);

struct reciprocal : kiln::settings {
  static constexpr auto passes = kiln::pass::passes_for({.reciprocal = true});
};
using quick = kiln::compile<y, reciprocal>;

// Several results; an intermediate one stays observable.
constexpr auto both = kiln::outputs<"hidden", "y">(hidden, y);
using two = kiln::compile<both>;
static_assert(two::groups == 1);

template <class Graph>
int count_divisions(const Graph& g) {
  int n = 0;
  for (int i = 0; i < g.size; ++i) n += g[i].template is<kiln::op::div_op>() ? 1 : 0;
  return n;
}

std::vector<float> numbers(std::size_t n) {
  std::vector<float> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(i * 7 % 23) / 8.0F - 1.25F;
  return v;
}

template <class Net>
std::vector<float> run() {
  const auto x_data = numbers(32 * 16), w1_data = numbers(16 * 48), w2_data = numbers(48 * 8);
  std::vector<float> result(32 * 8);
  const typename Net::weights weights{kiln::bind<"w1">(w1_data), kiln::bind<"w2">(w2_data)};
  typename Net::context context{weights};
  context.run(Net::template view<"x">(x_data), Net::template view<"y">(result));
  return result;
}

}  // namespace

TEST_CASE("settings choose passes and moves; fusion keeps every bit of a matmul chain") {
  CHECK(count_divisions(net::graph) == 1);
  CHECK(count_divisions(quick::graph) == 0);
  CHECK(run<net>() == run<plain>());
}

TEST_CASE("several results come from one run") {
  const auto x_data = numbers(32 * 16), w1_data = numbers(16 * 48), w2_data = numbers(48 * 8);
  std::vector<float> result(32 * 8), middle(32 * 48);
  const two::weights weights{kiln::bind<"w1">(w1_data), kiln::bind<"w2">(w2_data)};
  two::context context{weights};
  context.run(two::view<"x">(x_data), two::view<"hidden">(middle), two::view<"y">(result));
  CHECK(result == run<net>());
  float sum = 0;
  for (std::size_t k = 0; k < 16; ++k) sum += x_data[k] * w1_data[k * 48];
  CHECK(middle[0] == doctest::Approx(sum > 0 ? sum : 0));
}

TEST_CASE("passes and moves can be looked at one by one") {
  CHECK(net::passes.size == net::passes.names.size());
  CHECK(net::graph_after<0>().size == net::lowered.size);
  CHECK(net::graph_after<net::passes.size>().size == net::graph.size);
  CHECK(net::plan_after<0>().groups.size == net::trivial_plan.groups.size);
  CHECK(net::plan_after<net::moves.size>().groups.size == net::plan.groups.size);
}
