// SPDX-License-Identifier: MIT
// Laws of fold_batch_norm on random towers of products and convolutions with norms.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/graph_builder.hpp>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace {

using namespace kiln;
using tensor::static_type;

// Far apart streams of random numbers, whatever a source makes of neighbouring seeds.
constexpr std::uint64_t stream = 0xd1342543de82ef95U;
using builder = test::graph_builder<256>;

class tower final {
 public:
  explicit tower(std::uint64_t seed)
      : random_(seed * stream) {}

  graph::graph<256> make() {
    const bool image = random_.one_in(2);
    c_ = random_.from(1, 4);
    int x = b_.input("x", image ? static_type(f32, 2, 4, 3, c_) : static_type(f32, 3, c_));
    for (int i = random_.from(1, 4); i > 0; --i) {
      int y = image ? convolution(x) : product(x);
      if (random_.one_in(8)) b_.output(y, name('y'));  // another reader
      if (random_.one_in(2)) y = bias(y);
      y = norm(y);
      if (random_.one_in(4)) y = norm(y);
      x = random_.one_in(2) ? b_.add<op::relu_op>({y}) : y;
    }
    b_.output(x, name('y'));
    return b_.build();
  }

 private:
  // Names of positive weights begin with p.
  std::string_view name(char prefix) {
    static const std::vector<std::string> names = [] {
      std::vector<std::string> all;
      for (const char p : {'w', 'p', 'y'}) {
        for (int i = 0; i < 64; ++i) all.push_back(p + std::to_string(i));
      }
      return all;
    }();
    const std::size_t row = std::string_view("wpy").find(prefix);
    return names[row * 64 + next_++];
  }
  int weight(const tensor::tensor_type& t, char prefix = 'w') { return b_.weight(name(prefix), t); }

  int product(int x) {
    const int k = c_, n = random_.from(1, 5);
    c_ = n;
    const bool transposed = random_.one_in(2);
    const int w = weight(transposed ? static_type(f32, n, k) : static_type(f32, k, n));
    return b_.add<op::matmul_op>({x, w}, {0, transposed ? 1 : 0});
  }
  int convolution(int x) {
    const int groups = random_.one_in(3) ? c_ : 1;
    const int taps = random_.one_in(2) ? 3 : 1;
    const int f = groups * random_.from(1, 3);
    op::conv2d_op::attributes at{};
    at.top = at.left = at.bottom = at.right = taps / 2;
    at.groups = groups;
    const int w = weight(static_type(f32, taps, taps, c_ / groups, f));
    c_ = f;
    return b_.add<op::conv2d_op>({x, w}, at);
  }
  int bias(int x) {
    const int y = random_.one_in(4) ? b_.constant(0.5F) : weight(static_type(f32, c_));
    return random_.one_in(2) ? b_.add<op::add_op>({x, y}) : b_.add<op::add_op>({y, x});
  }
  // Sometimes one number for all channels.
  int parameter(char prefix = 'w') {
    if (random_.one_in(6)) return b_.constant(0.75F);
    return weight(random_.one_in(6) ? static_type(f32, 1) : static_type(f32, c_), prefix);
  }
  int norm(int x) {
    const int gamma = parameter(), beta = parameter(), mean = parameter();
    const int variance = parameter('p');
    return b_.add<op::batch_norm_op>({x, gamma, beta, mean, variance, b_.constant(1e-3F)});
  }

  builder b_;
  test::random_source random_;
  int c_ = 1;
  std::size_t next_ = 0;
};

template <class Pass>
void check(const Pass& pass, bool idempotent) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    const auto g = tower(seed).make();
    const auto after = pass(g);
    CAPTURE(seed);
    INFO("before:\n", graph::describe(g), "after:\n", graph::describe(after));
    REQUIRE(graph::first_invalid(g) == -1);
    REQUIRE(graph::first_invalid(after) == -1);
    CHECK(graph::count<op::batch_norm_op>(after) == 0);
    if (idempotent) CHECK(graph::same(pass(after), after));
    const auto in = test::random_inputs(g, seed * stream);
    const auto meaning = reference::interpret(g, in);
    const auto now = reference::interpret(after, in);
    for (std::size_t i = 0; i < meaning.outputs.size(); ++i) {
      const auto result = idempotent ? test::compare_f64(meaning.output(i), now.output(i))
                                     : test::compare_rounded(meaning.output(i), now.output(i));
      INFO("output ", i, ": ", result.problem);
      CHECK(result);
    }
  }
}

}  // namespace

TEST_CASE("a tower without norms computes the same") { check(pass::fold_batch_norm, true); }
TEST_CASE("so it does after the default pipeline") { check(pass::optimize, false); }
