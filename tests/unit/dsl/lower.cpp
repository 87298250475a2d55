// SPDX-License-Identifier: MIT
// From expression to graph: types, attributes, names, values, symbols, callables.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <unit/dsl/lowered.hpp>

namespace {

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"b", 512>, kiln::dim<"t", 64>, 8_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(16_c, 8_c);
constexpr auto h = kiln::matmul<kiln::transposed::b>(x, w) * 0.5F;
constexpr auto f = kiln::map([s = 3.0F](float a, float b) { return a * s - b; }, h, 1);
constexpr auto y = kiln::reshape(f, kiln::rest, 16_c);
constexpr auto g = kiln::dsl::lower(y);

static_assert(g.size == 8 && g.symbol_count == 2 && g.output_count == 1);
static_assert(g[0].is<kiln::op::input_op>() && g[0].name == "x" && g[0].slot == 0);
static_assert(g[1].is<kiln::op::weight_op>() && g[1].name == "w" && g[1].slot == 0);
static_assert(g[2].is<kiln::op::matmul_op>());
static_assert(g[2].attributes_of<kiln::op::matmul_op>().transpose_b == 1);
static_assert(g[2].operand(0) == 0 && g[2].operand(1) == 1 && g[2].operand(2) == -1);
static_assert(g[2].type.rank == 3 && g[2].type[2] == kiln::tensor::dim{16});
static_assert(g[3].is<kiln::op::constant_op>() && g[3].value == 0.5F && g[3].type.rank == 0);
static_assert(g[5].is<kiln::op::constant_op>() && g[5].value == 1.0F);

constexpr auto long_chain = kiln::repeat<100>([](auto v) { return kiln::relu(v) + v; }, x);
constexpr auto long_graph = kiln::dsl::lower(long_chain);
static_assert(long_graph.size == 201 && long_graph[200].operand(1) == 198);

// A helper called twice, each time with another constant and another capture, and used twice.
constexpr auto v = kiln::input<"v", kiln::f32>(3_c);
constexpr auto layer = [](auto e, float scale) {
  const auto scaled = e * scale * kiln::weight<"w", kiln::f32>(3_c);
  return kiln::map([scale](float a) { return a + 100 * scale; }, scaled) - scaled / 4;
};
constexpr auto first = kiln::scope<"a">([](auto e) { return layer(e, 2.0F); }, v);
constexpr auto second = kiln::scope<"b">([](auto e) { return layer(e, 3.0F); }, first);
constexpr auto both = second * first + second;

TEST_CASE("the meaning of the graph is the meaning of the expression") {
  kiln::reference::inputs in;
  in.tensors["v"] = {{3}, {1, -2, 0.5}};
  in.tensors["a.w"] = {{3}, {1, 2, -1}};
  in.tensors["b.w"] = {{3}, {-1, 0.5, 3}};
  const auto result = kiln::reference::interpret(kiln::dsl::lower(both), in);
  const auto& given = in.tensors["v"].value;
  const auto expected = [](double e, double scale, double weight) {
    const double scaled = e * scale * weight;
    return scaled + 100 * scale - scaled / 4;
  };
  for (std::size_t i = 0; i < 3; ++i) {
    const double a = expected(given[i], 2, in.tensors["a.w"].value[i]);
    const double b = expected(a, 3, in.tensors["b.w"].value[i]);
    CHECK(result.output().value[i] == doctest::Approx(b * a + b));
  }
}
TEST_CASE("a callable belongs to its map, not to its operands") {
  constexpr int m = 6;
  CHECK(kiln_test::text_of(g)
        == "input x; weight w; matmul 0 1; constant; mul 2 3; constant; map 4 5; reshape 6 -> y=7");
  const double arguments[] = {2, 1};
  CHECK(g[m].count == 2);
  CHECK(g[m].user.call(g[m].user.object, arguments) == 5);
}
TEST_CASE("symbols keep their bounds and extents multiply") {
  CHECK(std::string_view(g.symbols[0].name) == "b");
  CHECK(g.symbols[1].bound == 64);
  CHECK(g[g.size - 1].type[0] == kiln::tensor::dim{1, kiln::tensor::product_of(0, 1)});
}

}  // namespace
