// SPDX-License-Identifier: MIT
// Laws of canonicalize on random chains of reshapes, transposes, slices and concatenations.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>
#include <utility>

namespace {

using namespace kiln;
using tensor::static_type;

// Far apart streams of random numbers, whatever a source makes of neighbouring seeds.
constexpr std::uint64_t stream = 0xd1342543de82ef95U;

class chain final {
 public:
  explicit chain(std::uint64_t seed)
      : random_(seed * stream) {}

  graph::graph<64> make() {
    // equal extents: a wrong order of axes has no other type
    const int extent = random_.from(2, 4);
    const int last = random_.one_in(2) ? extent : random_.from(1, 6);
    int x = b_.input("x", static_type(f32, extent, extent, last));
    for (int i = random_.from(2, 10); i > 0; --i) x = step(x);
    b_.output(x);
    return b_.build();
  }

 private:
  const tensor::tensor_type& type(int x) const { return b_.build()[x].type; }

  int step(int x) {
    switch (random_.from(0, 9)) {
      case 0:
        return reshape(x);
      case 1:
      case 2:
      case 3:
      case 4:
        return transpose(x);
      case 5:
      case 6:
        return slice(x);
      case 7:
        return concat(x);
      case 8:
        return product(x);
      default:
        return b_.add<op::relu_op>({x});
    }
  }
  int reshape(int x) {
    const auto elems = type(x).elems().factor;
    const int rows = random_.from(1, 4);
    const bool fits = elems % rows == 0;
    if (!fits || random_.one_in(4)) return b_.reshape(x, static_type(f32, elems));
    if (random_.one_in(2)) return b_.reshape(x, static_type(f32, elems / rows, rows));
    return b_.reshape(x, static_type(f32, rows, 1, elems / rows));
  }
  int transpose(int x) {
    const int rank = type(x).rank;
    op::transpose_op::attributes at{};
    for (int i = 0; i < rank; ++i) at.order[static_cast<std::size_t>(i)] = i;
    if (rank >= 2 && random_.one_in(2)) {
      std::swap(at.order[static_cast<std::size_t>(rank - 2)],
                at.order[static_cast<std::size_t>(rank - 1)]);
    } else {
      for (int i = rank - 1; i > 0; --i) {
        std::swap(at.order[static_cast<std::size_t>(i)],
                  at.order[static_cast<std::size_t>(random_.from(0, i))]);
      }
    }
    return b_.add<op::transpose_op>({x}, at);
  }
  int slice(int x) {
    const int axis = random_.from(0, type(x).rank - 1);
    const int extent = type(x)[axis].factor;
    const int begin = random_.one_in(2) ? 0 : random_.from(0, extent - 1);
    const int end = random_.one_in(2) ? extent : random_.from(begin + 1, extent);
    return b_.add<op::slice_op>({x}, {axis, begin, end, random_.from(1, 3)});
  }
  int concat(int x) {
    if (type(x).elems().factor > 500) return x;
    const op::axis_attributes at{random_.from(0, type(x).rank - 1)};
    const int y = b_.add<op::negate_op>({x});
    return random_.one_in(2) ? b_.add<op::concat_op>({x, y}, at)
                             : b_.add<op::concat_op>({y, x, y}, at);
  }
  /// x x^T or x^T x, which any order of axes allows.
  int product(int x) {
    if (type(x).rank < 2 || type(x).elems().factor > 200) return x;
    const bool first = random_.one_in(2);
    const int y = random_.one_in(2) ? x : b_.add<op::relu_op>({x});
    return b_.add<op::matmul_op>({x, y}, {first ? 1 : 0, first ? 0 : 1});
  }

  test::graph_builder<64> b_;
  test::random_source random_;
};

}  // namespace

TEST_CASE("moved elements stay the same elements") {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const auto g = chain(seed).make();
    const auto after = pass::canonicalize(g);
    CAPTURE(seed);
    INFO("before:\n", graph::describe(g), "after:\n", graph::describe(after));
    REQUIRE(graph::first_invalid(g) == -1);
    REQUIRE(graph::first_invalid(after) == -1);
    changed += graph::same(g, after) ? 0 : 1;
    CHECK(graph::same(pass::canonicalize(after), after));
    const auto in = test::random_inputs(g, seed * stream);
    const auto meaning = reference::interpret(g, in), now = reference::interpret(after, in);
    const auto result = test::compare_f64(meaning.output(), now.output());
    INFO(result.problem);
    CHECK(result);
  }
  CHECK(changed > 2000);
}
