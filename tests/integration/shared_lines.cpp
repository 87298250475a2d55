// SPDX-License-Identifier: MIT
// Convolutions and poolings of one image whose lines threads share: the bits of one thread, within
// the reference's bounds, at borders, strides and heights of all kinds.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/split_parallel.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/plan_law.hpp>
#include <support/run_plan.hpp>

namespace {

using namespace kiln;
using tensor::dtype;
using tensor::static_type;

struct image final {
  int h, w, c;
};
struct filters final {
  int r, s, f;
};

// Results are whatever is asked for of one net, of products of X and W.
template <dtype X, dtype W>
class net_builder final {
 public:
  constexpr void convolve(const image& x, const filters& w, op::conv2d_op::attributes at) {
    const int from = b_.input(next(inputs_), static_type(X, 1, x.h, x.w, x.c));
    const int by = b_.weight(next(weights_), static_type(W, w.r, w.s, x.c / at.groups, w.f));
    const int sum = b_.template add<op::conv2d_op>({from, by}, at);
    b_.output(is_floating(X) ? b_.template add<op::relu_op>({sum}) : sum);
  }
  template <class Op>
  constexpr void pool(const image& x, const op::pooling_attributes& at) {
    const int from = b_.input(next(inputs_), static_type(X, 1, x.h, x.w, x.c));
    b_.output(b_.template add<Op>({from}, at));
  }
  [[nodiscard]] constexpr auto build() const { return b_.build(); }

 private:
  static constexpr std::string_view names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view next(int& i) { return names.substr(static_cast<std::size_t>(i++), 1); }
  test::graph_builder<48> b_;
  int inputs_ = 0;
  int weights_ = 26;
};

constexpr op::conv2d_op::attributes same{1, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr op::conv2d_op::attributes strided{2, 2, 3, 3, 2, 3, 1, 1, 1};
constexpr op::conv2d_op::attributes plain{1, 1, 0, 0, 0, 0, 1, 1, 1};
constexpr op::conv2d_op::attributes dilated{1, 2, 2, 2, 4, 2, 2, 3, 1};

struct floats {
  static constexpr auto make() {
    net_builder<f32, f32> b;
    b.convolve({13, 9, 5}, {3, 3, 20}, same);
    b.convolve({7, 7, 16}, {3, 3, 32}, same);  // tiles of two lines
    b.convolve({9, 3, 6}, {3, 3, 32}, same);   // of more lines
    b.convolve({19, 18, 3}, {7, 7, 32}, strided);
    b.convolve({9, 6, 17}, {1, 1, 32}, plain);
    return b.build();
  }
};
struct more_floats {
  static constexpr auto make() {
    net_builder<f32, f32> b;
    b.convolve({11, 6, 17}, {1, 1, 32}, {2, 1, 0, 0, 0, 0, 1, 1, 1});
    b.convolve({12, 13, 6}, {3, 3, 32}, dilated);
    b.convolve({12, 10, 19}, {3, 3, 19}, {1, 1, 1, 1, 1, 1, 1, 1, 19});  // each channel its own
    b.convolve({16, 10, 19}, {3, 3, 19}, {2, 2, 1, 1, 1, 1, 1, 1, 19});
    b.convolve({12, 6, 6}, {3, 3, 4}, {1, 1, 1, 1, 1, 1, 1, 1, 2});  // filters as they come
    b.pool<op::max_pool_op>({13, 8, 19}, {3, 3, 2, 2, 1, 1, 1, 1, 0});
    b.pool<op::avg_pool_op>({9, 8, 19}, {3, 3, 1, 1, 1, 1, 1, 1, 0});
    return b.build();
  }
};
template <dtype X, dtype W>
struct deep {
  static constexpr auto make() {
    net_builder<X, W> b;
    b.convolve({7, 7, 96}, {3, 3, 48}, same);
    b.convolve({33, 30, 3}, {7, 7, 32}, strided);    // lines in stacks on a matrix unit
    if constexpr (is_floating(X)) return b.build();  // the others are like those of bytes
    b.convolve({13, 10, 64}, {3, 3, 32}, {2, 2, 1, 1, 1, 1, 1, 1, 1});
    b.convolve({9, 5, 64}, {1, 1, 32}, plain);
    b.convolve({9, 11, 5}, {3, 3, 32}, same);
    return b.build();
  }
};

// Everything is shared out, however small.
template <class Make>
struct shared {
  static constexpr auto graph = Make::make();
  static constexpr auto plan = [] {
    using namespace kiln::plan;
    const split_parallel_fn split{core::native, 1};
    return place_scratch(split(collapse(fuse_store(trivial(graph)))));
  }();
  static constexpr int loops_over_lines = [] {
    int n = 0;
    for (int i = 0; i < plan.stages.size; ++i) {
      const auto& s = plan.stages[i];
      const bool slides = s.kind == plan::anchor::convolution || s.kind == plan::anchor::pooling;
      n += slides && s.slices[0].loop >= 0 && s.slices[0].axis == 1 ? 1 : 0;
    }
    return n;
  }();
};
static_assert(shared<floats>::loops_over_lines == 5);
static_assert(shared<more_floats>::loops_over_lines == 7);
static_assert(shared<deep<u8, s8>>::loops_over_lines == 5);

}  // namespace

TEST_CASE_TEMPLATE("lines of one image",
                   Make,
                   floats,
                   more_floats,
                   deep<dtype::bf16, dtype::bf16>,
                   deep<dtype::u8, dtype::s8>) {
  using net = shared<Make>;
  for (const unsigned seed : {1U, 2U}) {
    INFO("seed ", seed);
    test::plan_runner<net> alone(seed);
    alone.run();
    alone.check();
    for (const int threads : {2, 3, 4, 5}) {
      INFO("threads ", threads);
      const serial_executor team{threads};
      test::plan_runner<net> runner(seed);
      runner.run(core::team(team));
      for (std::size_t o = 0; o < static_cast<std::size_t>(net::graph.output_count); ++o) {
        INFO("result ", o);
        CHECK(alone.output(o) == runner.output(o));
      }
    }
  }
}

TEST_CASE("plans that share lines mean what their graphs mean, whatever a step takes") {
  using net = shared<more_floats>;
  test::plan_runner<net> given(1);
  const auto expected = reference::interpret(net::graph, given.given());
  for (const int lines : {1, 2, 5}) {
    auto p = net::plan;
    for (int i = 0; i < p.loops.size; ++i) p.loops[i].step = lines;
    CHECK(test::plan_problem(p, net::graph, given.given(), expected, {}, test::closeness::same_bits)
          == "");
  }
}
