// SPDX-License-Identifier: MIT
// From a net of floats to one of integers: ranges, percentiles, accuracy.
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32;

constexpr int rows = 16, inputs = 24, hidden = 40, classes = 6;
constexpr auto x = kiln::input<"x", f32>(16_c, 24_c);
constexpr auto w1 = kiln::weight<"w1", f32>(24_c, 40_c);
constexpr auto b1 = kiln::weight<"b1", f32>(40_c);
constexpr auto w2 = kiln::weight<"w2", f32>(40_c, 6_c);
constexpr auto y = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2);

using plain = kiln::compile<y>;
using observed = kiln::compile<y, kiln::observing>;
using int8 = kiln::compile<y, kiln::in_int8>;
using bf16 = kiln::compile<y, kiln::in_bf16>;
constexpr std::array<std::array<float, 2>, 2> given{{{-1, 1}, {0, 20}}};
using fixed = kiln::compile<y, kiln::in_int8_with<given>>;

static_assert(int8::groups == 1 && int8::materialized == 0);
static_assert(bf16::groups == 1 && bf16::materialized == 0);

template <class Op, class Net>
constexpr int products_of(kiln::tensor::dtype element) {
  int found = 0;
  for (int i = 0; i < Net::graph.size; ++i) {
    found += Net::graph[i].template is<Op>() && Net::graph[i].type.element == element ? 1 : 0;
  }
  return found;
}
static_assert(products_of<kiln::op::matmul_op, int8>(kiln::s32) == 2);
static_assert(products_of<kiln::op::matmul_op, fixed>(kiln::s32) == 2);
static_assert(products_of<kiln::op::matmul_op, bf16>(kiln::bf16) == 2);

// Weights in groups of 4 and 8 bits stay in memory as they are, whatever the others become.
constexpr auto g4 = kiln::dequantize_int4<8>(kiln::weight<"g4", kiln::u8>(20_c, 32_c),
                                             kiln::weight<"s4", f32>(5_c, 32_c));
constexpr auto g8 = kiln::dequantize_grouped<8>(kiln::weight<"g8", kiln::s8>(32_c, 6_c),
                                                kiln::weight<"s8", f32>(4_c, 6_c));
constexpr auto by_groups = kiln::matmul(kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), g4), g8);
template <class Settings>
constexpr bool keeps_groups(kiln::tensor::dtype element) {
  using net = kiln::compile<by_groups, Settings>;
  return products_of<kiln::op::grouped_matmul_op, net>(f32) == 2
         && products_of<kiln::op::matmul_op, net>(element) == 1;
}
static_assert(keeps_groups<kiln::settings>(f32));
static_assert(keeps_groups<kiln::in_int8>(kiln::s32));
static_assert(keeps_groups<kiln::in_bf16>(kiln::bf16));
constexpr const auto& watched_groups = kiln::compile<by_groups, kiln::observing>::graph;
static_assert(watched_groups[watched_groups.outputs[1].node].type
              == kiln::tensor::static_type(f32, 1, 2));

std::vector<float> numbers(std::size_t n, unsigned seed, float size) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> any(-size, size);
  std::vector<float> v(n);
  for (auto& e : v) e = any(engine);
  return v;
}
const std::vector<float> w1_data = numbers(inputs * hidden, 1, 0.5F);
const std::vector<float> b1_data = numbers(hidden, 2, 0.5F);
const std::vector<float> w2_data = numbers(hidden * classes, 3, 0.5F);

template <class Net>
std::vector<float> result_of(const typename Net::weights& weights,
                             const std::vector<float>& batch) {
  typename Net::context context{weights};
  std::vector<float> out(rows * classes);
  context.run(Net::template view<"x">(batch), Net::template view<"y">(out));
  return out;
}
double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return most;
}

}  // namespace

TEST_CASE("calibrated integers are close to floats") {
  std::vector<std::vector<float>> batches;
  for (unsigned seed = 10; seed < 20; ++seed) batches.push_back(numbers(rows * inputs, seed, 1));
  const observed::weights watched{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  std::vector<float> out(rows * classes);
  const auto ranges = kiln::calibrate<observed>(
      watched, batches, [&](auto& context, const auto& batch, const auto& into) {
        context.run(observed::view<"x">(batch), observed::view<"y">(out), into);
      });
  REQUIRE(ranges.size() == 4);
  CHECK(ranges[0] < -0.99F);
  CHECK(ranges[1] > 0.99F);
  CHECK(ranges[2] == 0);
  CHECK(ranges[3] > 1);

  const plain::weights floats{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  const int8::weights integers{kiln::bind<"w1">(w1_data),
                               kiln::bind<"b1">(b1_data),
                               kiln::bind<"w2">(w2_data),
                               kiln::bind<"ranges">(ranges)};
  const std::map<std::string, std::vector<float>> file{
      {"w1", w1_data}, {"b1", b1_data}, {"w2", w2_data}};
  const int8::weights from_file{kiln::with_ranges(file, ranges)};
  const fixed::weights fixed_ranges{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  const bf16::weights halves{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  const auto batch = numbers(rows * inputs, 99, 1);
  const auto expected = result_of<plain>(floats, batch);
  double size = 0;
  for (const float v : expected) size = std::max(size, std::fabs(static_cast<double>(v)));
  const auto found = result_of<int8>(integers, batch);
  CHECK(largest_difference(expected, found) < 0.02 * size);
  CHECK(largest_difference(expected, found) > 0);
  CHECK(result_of<int8>(from_file, batch) == found);
  CHECK(largest_difference(expected, result_of<fixed>(fixed_ranges, batch)) < 0.08 * size);
  CHECK(largest_difference(expected, result_of<bf16>(halves, batch)) < 0.01 * size);
  CHECK(largest_difference(expected, result_of<bf16>(halves, batch)) > 0);
}
TEST_CASE("an error says where ranges come from") {
  std::map<std::string, std::vector<float>> file{{"W1", w1_data}, {"b1", b1_data}, {"w2", w2_data}};
  CHECK_THROWS_WITH_AS(int8::weights{kiln::with_ranges(file, std::vector<float>(4))},
                       "weight 'w1': expected f32[24, 40], actual missing; did you mean 'W1'?",
                       kiln::error);
  file["w1"] = w1_data;
  CHECK_THROWS_WITH_AS(int8::weights{file},
                       "weight 'ranges': expected f32[2, 2], actual missing; kiln::calibrate "
                       "measures it; give it with kiln::bind<\"ranges\">(ranges) or "
                       "kiln::with_ranges(source, ranges)",
                       kiln::error);
}
TEST_CASE("numbers beyond the range are clamped") {
  const std::vector<float> narrow{-0.25F, 0.25F, 0, 1};
  const int8::weights integers{kiln::bind<"w1">(w1_data),
                               kiln::bind<"b1">(b1_data),
                               kiln::bind<"w2">(w2_data),
                               kiln::bind<"ranges">(narrow)};
  std::vector<float> small(rows * inputs, 0.3F), large(rows * inputs, 100);
  CHECK(result_of<int8>(integers, small) == result_of<int8>(integers, large));
}
TEST_CASE("a range of nothing") {
  const std::vector<float> nothing{0, 0, 0, 0};
  const int8::weights integers{kiln::bind<"w1">(w1_data),
                               kiln::bind<"b1">(b1_data),
                               kiln::bind<"w2">(w2_data),
                               kiln::bind<"ranges">(nothing)};
  for (const float v : result_of<int8>(integers, numbers(rows * inputs, 4, 1))) {
    CHECK(std::isfinite(v));
  }
}
TEST_CASE("percentiles over batches") {
  kiln::calibration c;
  for (int i = 1; i <= 10; ++i) {
    const auto v = static_cast<float>(i);
    const float one[] = {-v, 2 * v};
    c.add(one);
  }
  CHECK(c.batches() == 10);
  CHECK(c.ranges() == std::vector<float>{-10, 20});
  CHECK(c.ranges(90) == std::vector<float>{-9, 18});
  CHECK(c.ranges(50) == std::vector<float>{-5, 10});
  CHECK(c.ranges(0) == std::vector<float>{-1, 2});
}
TEST_CASE("a percentile of so many batches that it is a whole number of them") {
  kiln::calibration c;
  for (int i = 1; i <= 250; ++i) {
    const float one[] = {0, static_cast<float>(i)};
    c.add(one);
  }
  CHECK(c.ranges(64.4)[1] == 161);
  CHECK(c.ranges(64.5)[1] == 162);
  CHECK(c.ranges(100)[1] == 250);
}
TEST_CASE("mistakes are said") {
  kiln::calibration c;
  CHECK_THROWS_AS(static_cast<void>(c.ranges()), kiln::error);
  const float three[] = {0, 1, 2}, two[] = {0, 1}, four[] = {0, 1, 2, 3};
  const float bad[] = {0, std::nanf("")};
  CHECK_THROWS_AS(c.add(three), kiln::error);
  CHECK_THROWS_AS(c.add(bad), kiln::error);
  c.add(two);
  CHECK_THROWS_AS(c.add(four), kiln::error);
  CHECK_THROWS_AS(static_cast<void>(c.ranges(101)), kiln::error);
}
