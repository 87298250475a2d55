// SPDX-License-Identifier: MIT
// Nets with dynamic extents run the plan that their extents choose, and every plan is right.
#include <kiln/explain.hpp>
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>
#include <support/numbers.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace {

using namespace kiln::literals;

constexpr std::size_t in_cols = 70, hidden_cols = 33, out_cols = 10;
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(70_c, 33_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(33_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(33_c, 10_c);
constexpr auto mlp = [](auto x) {
  return kiln::softmax(kiln::matmul(kiln::tanh(kiln::matmul(x, w1) + b1), w2));
};
constexpr auto dynamic = mlp(kiln::input<"x", kiln::f32>(kiln::dim<"batch", 70>, 70_c));
constexpr auto single = mlp(kiln::input<"x", kiln::f32>(1_c, 70_c));

struct one_plan : kiln::settings {
  static constexpr auto variants = kiln::plan::one_for_all;
};
struct three_plans : kiln::settings {
  static constexpr auto variants =
      kiln::plan::variants(kiln::plan::when<"batch">(2, 8), kiln::plan::when<"batch">(3, 60));
};
using usual = kiln::compile<dynamic>;
using general = kiln::compile<dynamic, one_plan>;
using three = kiln::compile<dynamic, three_plans>;
using one_row = kiln::compile<single>;

static_assert(one_row::variants.size() == 1 && general::variants.size() == 1);
static_assert(usual::variants.size() == 2 && usual::variants[1].runs == &usual::plan);
static_assert(usual::variants[0].runs->scratch_bytes == one_row::plan.scratch_bytes);
static_assert(usual::variants[0].runs->loops.size == 0, "one row needs no loop over rows");
static_assert(usual::scratch_bytes == general::scratch_bytes);
static_assert(usual::packed_bytes == one_row::packed_bytes);
static_assert(three::variants.size() == 3);
static_assert(three::variants[0].runs->scratch_bytes < three::variants[1].runs->scratch_bytes);

using kiln::test::numbers;

kiln::reference::tensor tensor_of(std::span<const float> data,
                                  std::initializer_list<std::int64_t> extents) {
  kiln::reference::tensor t{kiln::reference::extents_list(extents)};
  for (std::size_t i = 0; i < data.size(); ++i) t.value[i] = static_cast<double>(data[i]);
  return t;
}

struct data final {
  std::vector<float> w1 = numbers(in_cols * hidden_cols, 1), b1 = numbers(hidden_cols, 2);
  std::vector<float> w2 = numbers(hidden_cols * out_cols, 3), x = numbers(70 * in_cols, 4);

  template <class Net>
  [[nodiscard]] std::vector<float> run(std::size_t rows) const {
    const typename Net::weights w{kiln::bind<"w1">(w1), kiln::bind<"b1">(b1), kiln::bind<"w2">(w2)};
    typename Net::context c{w};
    std::vector<float> y(rows * out_cols);
    c.run(Net::template view<"x">(std::span{x}.first(rows * in_cols)), Net::template view<"y">(y));
    return y;
  }
  [[nodiscard]] std::string problem_of(const std::vector<float>& y, std::size_t rows) const {
    kiln::reference::inputs in;
    const auto n = static_cast<std::int64_t>(rows);
    in.tensors.emplace("x", tensor_of(std::span{x}.first(rows * in_cols), {n, 70}));
    in.tensors.emplace("w1", tensor_of(w1, {70, 33}));
    in.tensors.emplace("b1", tensor_of(b1, {33}));
    in.tensors.emplace("w2", tensor_of(w2, {33, 10}));
    const auto expected = kiln::reference::interpret(usual::graph, in);
    return kiln::test::compare(expected.output(), [&](std::size_t i) { return y[i]; }).problem;
  }
};

}  // namespace

TEST_CASE("every extent gives the oracle's result with the plan that is for it") {
  const data d;
  for (std::size_t rows = 1; rows <= 70; ++rows) {
    INFO("rows ", rows);
    const auto y = d.run<usual>(rows);
    CHECK(d.problem_of(y, rows) == "");
    // Plans for one row sum in another order: bits tell which one ran.
    CHECK(y == (rows == 1 ? d.run<one_row>(1) : d.run<general>(rows)));
    CHECK(d.problem_of(d.run<three>(rows), rows) == "");
  }
  // Narrow vectors have one tile for any number of rows, and one order.
  if constexpr (kiln::core::native.lanes >= 8) CHECK(d.run<one_row>(1) != d.run<general>(1));
}

TEST_CASE("explain tells every plan and when it runs") {
  const std::string text = kiln::explain<three>();
  const auto first = text.find("when batch = 2 to 8\n"),
             second = text.find("when batch = 3 to 60\n");
  CHECK(first == 0);
  CHECK(second != std::string::npos);
  CHECK(text.find("otherwise\n") > second);
  CHECK(kiln::explain<usual>().find("when batch = 1\n") == 0);
  CHECK(kiln::explain<general>().find("when") == std::string::npos);
}

namespace {

// Two extents: a score for each of some keys, masked by a condition on both.
constexpr auto q = kiln::input<"q", kiln::f32>(kiln::dim<"batch", 5>, kiln::dim<"steps", 6>, 8_c);
constexpr auto u = kiln::weight<"u", kiln::f32>(8_c, 20_c);
constexpr auto scores = kiln::sigmoid(kiln::matmul(q, u)) * 2.0F;
struct four_plans : kiln::settings {
  static constexpr auto variants =
      kiln::plan::variants(kiln::plan::when<"batch">(1).with<"steps">(1),
                           kiln::plan::when<"steps">(1),
                           kiln::plan::when<"batch">(1));
};
using attention = kiln::compile<scores, four_plans>;
static_assert(attention::variants.size() == 4);

}  // namespace

namespace {

// A move that wants more packed memory where there is no loop: the plan for one row cannot share
// it.
struct unlike_fn final {
  static constexpr std::string_view name = "unlike";
  template <std::size_t Capacity>
  constexpr kiln::plan::plan<Capacity> operator()(kiln::plan::plan<Capacity> p) const {
    if (p.loops.size == 0) p.packed_bytes += 64;
    return p;
  }
};
struct unlike : kiln::settings {
  static constexpr auto moves = kiln::plan::moves(kiln::plan::fuse_store,
                                                  kiln::plan::collapse,
                                                  kiln::plan::fuse_rows,
                                                  kiln::plan::place_scratch,
                                                  unlike_fn{});
};
using not_shared = kiln::compile<dynamic, unlike>;
static_assert(not_shared::variants.size() == 1, "the plan for any extents takes its place");
static_assert(not_shared::variants[0].when.of[0] == kiln::plan::interval{1, 70});

}  // namespace

TEST_CASE("plans for two extents") {
  const auto weights = numbers(160, 7), x = numbers(5 * 6 * 8, 8);
  const attention::weights w{kiln::bind<"u">(weights)};
  attention::context c{w};
  for (std::int64_t batch = 1; batch <= 5; ++batch) {
    for (std::int64_t steps = 1; steps <= 6; ++steps) {
      const auto rows = static_cast<std::size_t>(batch * steps);
      std::vector<float> y(rows * 20);
      c.run(attention::view<"q">(x.data(), kiln::size<"batch">(batch), kiln::size<"steps">(steps)),
            attention::view<"y">(y.data(), kiln::size<"batch">(batch), kiln::size<"steps">(steps)));
      kiln::reference::inputs in;
      in.tensors.emplace("q", tensor_of(std::span{x}.first(rows * 8), {batch, steps, 8}));
      in.tensors.emplace("u", tensor_of(weights, {8, 20}));
      const auto expected = kiln::reference::interpret(attention::graph, in);
      INFO("batch ", batch, ", steps ", steps);
      CHECK(kiln::test::compare(expected.output(), [&](std::size_t i) { return y[i]; }).problem
            == "");
    }
  }
}
