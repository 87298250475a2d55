// SPDX-License-Identifier: MIT
// Weights of 4 and 8 bits in groups: the compiled nets mean what was written, packed as they came.
#include <kiln/kiln.hpp>
#include <kiln/plan/label.hpp>
#include <kiln/reference/interpret_plan.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <span>
#include <support/run_plan.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::bf16, kiln::f16, kiln::f32, kiln::s8, kiln::u8;

template <class Net>
constexpr int grouped_products() {
  int found = 0;
  for (int i = 0; i < Net::graph.size; ++i) {
    found += Net::graph[i].template is<kiln::op::grouped_matmul_op>() ? 1 : 0;
  }
  return found;
}
template <class Expected, class Value>
void compare(const Expected& expected, const Value& value) {
  const auto result = kiln::test::compare(expected, value);
  INFO(result.problem);
  CHECK(result);
  CHECK(result.checked > 0);
}
/// Runs the net, on one thread and on two, and interprets its plan; compares with the meaning of
/// the expression before any pass.
template <class Net>
void check() {
  for (const unsigned seed : {1U, 2U}) {
    CAPTURE(seed);
    kiln::test::plan_runner<Net> runner(seed);
    runner.run();
    runner.check();
    const auto expected = kiln::reference::interpret(Net::lowered, runner.given());
    for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
      CAPTURE(o);
      const auto found = runner.output(o);
      compare(expected.output(o), [&](std::size_t i) { return found[i]; });
    }
    const auto planned = kiln::reference::interpret_plan(
        Net::plan, Net::graph, runner.given(), {kiln::reference::storage::placed, seed});
    for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
      compare(expected.output(o), [&](std::size_t i) { return planned[o].value[i]; });
    }
  }
}

// Some rows share widened weights, one row widens in registers; every kind of parameter.
constexpr auto k = 48_c;
constexpr auto n = 37_c;
constexpr auto x = kiln::input<"x", f32>(9_c, k);
constexpr auto row = kiln::input<"row", f32>(1_c, k);
constexpr auto three = kiln::input<"three", bf16>(3_c, k);
constexpr auto p = kiln::weight<"p", u8>(24_c, n);
constexpr auto w = kiln::weight<"w", s8>(k, n);
constexpr auto u = kiln::weight<"u", u8>(k, n);
constexpr auto s = kiln::weight<"s", f32>(3_c, n);
constexpr auto h = kiln::weight<"h", f16>(2_c, n);
constexpr auto z = kiln::weight<"z", u8>(3_c, n);
constexpr auto zf = kiln::weight<"zf", f32>(2_c, n);
constexpr auto bias = kiln::weight<"bias", f32>(n);

constexpr auto four = kiln::outputs<"symmetric", "zeros", "one_row", "three_rows">(
    kiln::relu(kiln::matmul(x, kiln::dequantize_int4<16>(p, s)) + bias),
    kiln::matmul(x, kiln::dequantize_int4<16>(p, s, z)),
    kiln::matmul(row, kiln::dequantize_int4<24>(p, h)) + bias,
    kiln::matmul(three, kiln::dequantize_int4<24>(p, h, zf)));
using four_net = kiln::compile<four>;
static_assert(grouped_products<four_net>() == 4);

constexpr auto eight = kiln::outputs<"symmetric", "one_row", "three_rows">(
    kiln::matmul(x, kiln::dequantize_grouped<16>(w, s)),
    kiln::matmul(row, kiln::dequantize_grouped<16>(w, s, z)),
    kiln::matmul(three, kiln::dequantize_grouped<24>(u, h, 3)));
using eight_net = kiln::compile<eight>;
static_assert(grouped_products<eight_net>() == 3);

// Layers in blocks of rows, and a batch of matrices.
constexpr auto first =
    kiln::relu(kiln::matmul(kiln::input<"many", f32>(40_c, 64_c),
                            kiln::dequantize_int4<32>(kiln::weight<"p1", u8>(32_c, 48_c),
                                                      kiln::weight<"s1", f32>(2_c, 48_c))));
constexpr auto layers = kiln::outputs<"layers", "batches">(
    kiln::matmul(first,
                 kiln::dequantize_grouped<48>(kiln::weight<"w2", s8>(48_c, 20_c),
                                              kiln::weight<"s2", f16>(1_c, 20_c))),
    kiln::matmul(kiln::input<"batch", f32>(2_c, 3_c, k), kiln::dequantize_int4<16>(p, s)));
using layers_net = kiln::compile<layers>;
static_assert(grouped_products<layers_net>() == 3);

// What no word holds stays with floats: groups of 6 numbers.
constexpr auto odd = kiln::matmul(x, kiln::dequantize_int4<6>(p, kiln::weight<"s6", f32>(8_c, n)));
static_assert(grouped_products<kiln::compile<odd>>() == 0);

// Memory: an eighth of the floats', and the scales.
constexpr auto wide = kiln::input<"wide", f32>(1_c, 1024_c);
template <int Groups, kiln::tensor::dtype Scale>
constexpr auto large =
    kiln::matmul(wide,
                 kiln::dequantize_int4<1024 / Groups>(
                     kiln::weight<"large", u8>(512_c, 1024_c),
                     kiln::weight<"large_scale", Scale>(boost::hana::int_c<Groups>, 1024_c)));
static_assert(kiln::compile<large<8, f32>>::plan.packed_bytes <= 600 * 1024);
static_assert(kiln::compile<large<32, f16>>::plan.packed_bytes <= 600 * 1024);

// Any number of rows, one of them by a plan of its own.
constexpr auto rows = kiln::matmul(kiln::input<"x", f32>(kiln::dim<"batch", 60>, 1024_c),
                                   kiln::dequantize_int4<64>(kiln::weight<"p", u8>(512_c, 512_c),
                                                             kiln::weight<"s", f32>(16_c, 512_c)));
using rows_net = kiln::compile<rows>;

// Two layers whose weights a team shares out by columns, while one thread takes a few rows through
// both.
constexpr auto few_rows = kiln::input<"x", f32>(kiln::dim<"n", 3>, 512_c);
constexpr auto first_layer =
    kiln::relu(kiln::matmul(few_rows,
                            kiln::dequantize_int4<32>(kiln::weight<"q", u8>(256_c, 2048_c),
                                                      kiln::weight<"s", f32>(16_c, 2048_c))));
constexpr auto two_layers =
    kiln::matmul(first_layer,
                 kiln::dequantize_int4<32>(kiln::weight<"r", u8>(1024_c, 2048_c),
                                           kiln::weight<"t", f32>(64_c, 2048_c)));
using few_rows_net = kiln::compile<two_layers>;

// Runs of one batch on one thread and on two: the same bits, and what was written.
struct fixture {
  std::mt19937 engine{5};
  kiln::reference::inputs in;
  std::vector<float> x = filled("x", {60, 1024}, 200, 100);
  std::vector<float> s = filled("s", {16, 512}, 50, 50);
  std::vector<std::uint8_t> p = bytes();
  rows_net::weights w{kiln::bind<"p">(p), kiln::bind<"s">(s)};
  kiln::runtime::thread_pool pool{2};

  std::vector<float> filled(const char* name,
                            const kiln::reference::extents_list& extents,
                            int range,
                            int unit) {
    std::vector<float> v(static_cast<std::size_t>(extents[0] * extents[1]));
    std::vector<double> values;
    for (float& e : v) {
      e = static_cast<float>(static_cast<int>(engine() % static_cast<unsigned>(range)) - range / 2)
          / static_cast<float>(unit);
      values.push_back(static_cast<double>(e));
    }
    in.tensors[name] = {extents, values};
    return v;
  }
  std::vector<std::uint8_t> bytes() {
    std::vector<std::uint8_t> v(512 * 512);
    for (auto& e : v) e = static_cast<std::uint8_t>(engine());
    in.tensors["p"] = {{512, 512}, {v.begin(), v.end()}};
    return v;
  }
  template <class Context>
  std::vector<float> run(Context& c, std::size_t batch) const {
    std::vector<float> out(batch * 512, -1.0F);
    c.run(rows_net::view<"x">(std::span{x}.first(batch * 1024)), rows_net::view<"y">(out));
    return out;
  }
  void check(std::size_t batch) {
    CAPTURE(batch);
    rows_net::context alone{w};
    rows_net::context together{w, pool};
    const std::vector<float> found = run(alone, batch);
    CHECK(found == run(together, batch));
    kiln::reference::inputs some = in;
    some.tensors["x"].extents[0] = static_cast<std::int64_t>(batch);
    some.tensors["x"].value.resize(batch * 1024);
    const auto expected = kiln::reference::interpret(rows_net::lowered, some);
    compare(expected.output(), [&](std::size_t i) { return static_cast<double>(found[i]); });
  }
};

}  // namespace

TEST_CASE("four bits") { check<four_net>(); }
TEST_CASE("eight bits") { check<eight_net>(); }
TEST_CASE("in blocks of rows, and in batches") { check<layers_net>(); }
TEST_CASE_FIXTURE(fixture, "the same bits on two threads, by columns and by rows") {
  for (const std::size_t batch : {1U, 3U, 57U}) check(batch);
}
TEST_CASE("few rows have the same bits through both layers and by columns of each") {
  const auto bytes = [](std::size_t count, unsigned seed) {
    std::mt19937 engine(seed);
    std::vector<std::uint8_t> v(count);
    for (auto& e : v) e = static_cast<std::uint8_t>(engine());
    return v;
  };
  const auto floats = [](std::size_t count, unsigned seed) {
    std::mt19937 engine(seed);
    std::vector<float> v(count);
    for (float& e : v) e = static_cast<float>(static_cast<int>(engine() % 2000U) - 1000) / 1000;
    return v;
  };
  const auto q = bytes(std::size_t{256} * 2048, 1), r = bytes(std::size_t{1024} * 2048, 2);
  const auto scales = floats(std::size_t{16} * 2048, 3), t = floats(std::size_t{64} * 2048, 4);
  const few_rows_net::weights bound{
      kiln::bind<"q">(q), kiln::bind<"r">(r), kiln::bind<"s">(scales), kiln::bind<"t">(t)};
  kiln::runtime::thread_pool pool{3};
  few_rows_net::context alone{bound}, together{bound, pool};
  for (const std::size_t batch : {1U, 2U, 3U}) {
    CAPTURE(batch);
    const auto in = floats(batch * 512, 5);
    std::vector<float> serial(batch * 2048), shared(batch * 2048);
    alone.run(few_rows_net::view<"x">(in), few_rows_net::view<"y">(serial));
    together.run(few_rows_net::view<"x">(in), few_rows_net::view<"y">(shared));
    CHECK(serial == shared);
  }
}
TEST_CASE("a label says how many bits, and of how many numbers") {
  using net = kiln::compile<large<8, f32>>;
  const auto& product = net::plan.stages[net::plan.stages.size - 1];
  CHECK(kiln::plan::label(net::plan, product).find("gemm/f32.f32.u4g128/") == 0);
}
