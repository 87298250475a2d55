// SPDX-License-Identifier: MIT
// Flattened inputs and columns of a product are seen where they are: no copy, no barrier.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <support/numbers.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace {

using namespace kiln::literals;

constexpr auto n = kiln::dim<"n", 8>;
constexpr auto image = kiln::input<"i", kiln::f32>(n, 4_c, 4_c, 3_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(48_c, 5_c);

constexpr auto flat = kiln::matmul(kiln::reshape(image, n, kiln::rest), w);
using flatten = kiln::compile<flat>;
static_assert(flatten::groups == 1);
static_assert(flatten::variants[0].runs->groups.size == 2, "one row: one at bind, one in run");
static_assert(flatten::scratch_bytes == 0, "the image is not stored again");

constexpr auto rest = kiln::matmul(kiln::reshape(image, kiln::rest, 48_c), w);
static_assert(kiln::compile<rest>::groups == 1);

// Behind a pooling it was never copied.
constexpr auto pooled = kiln::max_pool<kiln::pool{.size = {2, 2}}>(image);
constexpr auto tail =
    kiln::matmul(kiln::reshape(pooled, n, kiln::rest), kiln::weight<"w", kiln::f32>(12_c, 5_c));
static_assert(kiln::compile<tail>::groups == 2);

// Rows that are divided may have gaps.
constexpr auto row = kiln::input<"i", kiln::f32>(n, 48_c);
constexpr auto filters = kiln::weight<"w", kiln::f32>(2_c, 2_c, 3_c, 5_c);
constexpr auto divided = kiln::conv2d(kiln::reshape(row, n, 4_c, 4_c, 3_c), filters);
using divide = kiln::compile<divided>;
static_assert(divide::groups == 1);

// An LSTM's gates.
constexpr auto x = kiln::input<"i", kiln::f32>(n, 48_c);
constexpr auto c0 = kiln::input<"c", kiln::f32>(n, 9_c);
constexpr auto gates = kiln::matmul(x, kiln::weight<"w", kiln::f32>(48_c, 36_c));
constexpr auto c1 =
    kiln::sigmoid(kiln::slice<1, 0, 9>(gates)) * c0
    + kiln::sigmoid(kiln::slice<1, 9, 18>(gates)) * kiln::tanh(kiln::slice<1, 18, 27>(gates));
constexpr auto cell = kiln::sigmoid(kiln::slice<1, 27, 36>(gates)) * kiln::tanh(c1);
using lstm = kiln::compile<cell>;
static_assert(lstm::groups == 1);
static_assert(kiln::plan::materialized(lstm::plan) == 0);

// A gated layer: the second product reads a part of the first one's columns.
constexpr auto part =
    kiln::matmul(kiln::slice<1, 7, 36, 2>(gates), kiln::weight<"v", kiln::f32>(15_c, 4_c));
using gated = kiln::compile<part>;
static_assert(gated::groups == 1);

using kiln::test::numbers;

struct values final {
  std::string_view name;
  std::vector<std::int64_t> extents;
  std::span<const float> data;
};
template <class Net>
std::string problem_of(std::initializer_list<values> given, const std::vector<float>& y) {
  kiln::reference::inputs in;
  for (const values& v : given) {
    kiln::reference::tensor t{v.extents};
    for (std::size_t i = 0; i < t.value.size(); ++i) t.value[i] = static_cast<double>(v.data[i]);
    in.tensors.emplace(std::string(v.name), t);
  }
  const auto expected = kiln::reference::interpret(Net::graph, in);
  return kiln::test::compare(expected.output(), [&](std::size_t i) { return y[i]; }).problem;
}

const std::vector<float> input = numbers(8 * 48, 1), weight = numbers(48 * 36, 2);

}  // namespace

TEST_CASE("an image is flattened where it lies") {
  const std::span<const float> weights = std::span{weight}.first(48 * 5);
  const flatten::weights bound{kiln::bind<"w">(weights)};
  flatten::context c{bound};
  for (const std::int64_t rows : {1, 2, 8}) {
    const auto all = std::span{input}.first(static_cast<std::size_t>(rows) * 48);
    std::vector<float> y(static_cast<std::size_t>(rows) * 5);
    c.run(flatten::view<"i">(all), flatten::view<"y">(y));
    CHECK(problem_of<flatten>({{"i", {rows, 4, 4, 3}, all}, {"w", {48, 5}, weights}}, y) == "");
  }
}

TEST_CASE("rows that become one have no gaps") {
  const std::vector<float> apart(std::size_t{2 * 16 * 5});
  const auto one_by_one = kiln::rows(apart.data(), 32, 3);
  CHECK_NOTHROW((void)flatten::view<"i">(one_by_one));
  const auto gaps = kiln::rows(apart.data(), 32, 5);
  CHECK_THROWS_WITH_AS((void)flatten::view<"i">(gaps),
                       "input 'i': expected f32[n <= 8, 4, 4, 3] without gaps, for it is reshaped, "
                       "actual row stride 5",
                       kiln::error);
}

TEST_CASE("a row with a gap behind it is divided where it lies") {
  const std::span<const float> weights = std::span{weight}.first(60);
  const divide::weights bound{kiln::bind<"w">(weights)};
  divide::context c{bound};
  std::vector<float> dense(std::size_t{3} * 48), y(std::size_t{3} * 45);
  for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = input[i / 48 * 53 + i % 48];
  c.run(divide::view<"i">(kiln::rows(input.data(), 3, 53)), divide::view<"y">(y));
  CHECK(problem_of<divide>({{"i", {3, 48}, dense}, {"w", {2, 2, 3, 5}, weights}}, y) == "");
}

TEST_CASE("gates are columns of one product") {
  const auto state = numbers(std::size_t{8} * 9, 3);
  const lstm::weights bound{kiln::bind<"w">(weight)};
  lstm::context c{bound};
  for (const std::int64_t rows : {1, 7}) {
    const auto count = static_cast<std::size_t>(rows);
    const auto some = std::span{input}.first(count * 48), old = std::span{state}.first(count * 9);
    std::vector<float> y(count * 9);
    c.run(lstm::view<"i">(some), lstm::view<"c">(old), lstm::view<"y">(y));
    CHECK(problem_of<lstm>(
              {{"i", {rows, 48}, some}, {"c", {rows, 9}, old}, {"w", {48, 36}, weight}}, y)
          == "");
  }
}

TEST_CASE("a product reads every second column of another one") {
  const std::span<const float> second = std::span{weight}.first(60);
  const gated::weights bound{kiln::bind<"w">(weight), kiln::bind<"v">(second)};
  gated::context c{bound};
  for (const std::int64_t rows : {1, 8}) {
    const auto some = std::span{input}.first(static_cast<std::size_t>(rows) * 48);
    std::vector<float> y(static_cast<std::size_t>(rows) * 4);
    c.run(gated::view<"i">(some), gated::view<"y">(y));
    CHECK(problem_of<gated>(
              {{"i", {rows, 48}, some}, {"w", {48, 36}, weight}, {"v", {15, 4}, second}}, y)
          == "");
  }
}
