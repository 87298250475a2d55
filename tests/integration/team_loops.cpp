// SPDX-License-Identifier: MIT
// Lone stages whose loop is shared out: the same bits for any number of threads, and right ones.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <doctest/doctest.h>

#include <support/numbers.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace {

using namespace kiln::literals;

// Parts run one after the other, the last one first; counts those that could run at once.
struct counting_team final {
  int wanted = 1;
  int most = 0;
  [[nodiscard]] int threads() const { return wanted; }
  template <class F>
  void parallel_for(int n, F f) noexcept {
    most = n > most ? n : most;
    for (int i = n - 1; i >= 0; --i) f(i);
  }
};

using kiln::test::numbers;

constexpr auto rows = kiln::input<"x", kiln::f32>(200_c, 130_c);
constexpr auto square = kiln::weight<"w", kiln::f32>(130_c, 130_c);
constexpr auto product = kiln::relu(kiln::matmul(rows, square));

constexpr auto few = kiln::input<"x", kiln::f32>(3_c, 600_c);
constexpr auto wide = kiln::weight<"w", kiln::f32>(600_c, 1030_c);
constexpr auto columns = kiln::tanh(kiln::matmul(few, wide));
constexpr auto one = kiln::input<"x", kiln::f32>(1_c, 600_c);
constexpr auto whole = kiln::weight<"w", kiln::f32>(600_c, 1152_c);  // whole tiles everywhere
constexpr auto one_row = kiln::matmul(one, whole);

// Plans for a team: columns, layer by layer, where one row has many weights.
struct for_team : kiln::settings {
  static constexpr auto moves = kiln::plan::moves_for(machine).for_threads(2);
};
constexpr auto layers = [](const auto& x) {
  const auto h = kiln::relu(kiln::matmul(x, kiln::weight<"w", kiln::f32>(768_c, 768_c)));
  const auto k = kiln::tanh(kiln::matmul(h, kiln::weight<"w", kiln::f32>(768_c, 768_c)) + h);
  return kiln::matmul(k, kiln::weight<"w", kiln::f32>(768_c, 768_c));
};
constexpr auto one_deep = layers(kiln::input<"x", kiln::f32>(1_c, 768_c));
constexpr auto few_deep = layers(kiln::input<"x", kiln::f32>(5_c, 768_c));
static_assert(kiln::compile<one_deep>::groups == 1);
static_assert(kiln::compile<one_deep, for_team>::groups == 3);
static_assert(kiln::compile<few_deep, for_team>::groups == 3);

// Too few rows and columns to share: slices of k, added up in one order.
constexpr auto tall = kiln::weight<"w", kiln::f32>(9001_c, 20_c);
constexpr auto depth =
    kiln::sigmoid(kiln::matmul(kiln::input<"x", kiln::f32>(2_c, 9001_c), tall) * 0.01F);
constexpr auto single_depth = kiln::matmul(kiln::input<"x", kiln::f32>(1_c, 8192_c),
                                           kiln::weight<"w", kiln::f32>(8192_c, 32_c));
constexpr auto more_depth = kiln::matmul(kiln::input<"x", kiln::f32>(4_c, 8203_c),
                                         kiln::weight<"w", kiln::f32>(8203_c, 48_c));
// What pays depends on the machine; here it does by the numbers of a large one.
struct sliced : kiln::settings {
  static constexpr kiln::core::target large{kiln::core::isa::avx512, 16, 32, 48 << 10, 2 << 20};
  static constexpr auto moves = kiln::plan::moves(kiln::plan::fuse_store,
                                                  kiln::plan::collapse,
                                                  kiln::plan::split_depth_fn{large},
                                                  kiln::plan::fuse_rows_fn{{.machine = machine}},
                                                  kiln::plan::split_parallel_fn{machine},
                                                  kiln::plan::place_scratch);
};
static_assert(kiln::compile<depth, sliced>::groups == 2);
static_assert(kiln::compile<single_depth, sliced>::groups == 2);
static_assert(kiln::compile<more_depth, sliced>::groups == 2);

constexpr auto plane = kiln::input<"x", kiln::f32>(300_c, 301_c);
constexpr auto map = kiln::exp(plane) * 0.5F;
constexpr auto softmax = kiln::softmax(plane);
constexpr auto sums = kiln::reduce_sum<1>(plane);
constexpr auto line = kiln::tanh(kiln::input<"x", kiln::f32>(100003_c));

constexpr auto images = kiln::input<"x", kiln::f32>(5_c, 14_c, 14_c, 24_c);
constexpr auto filters = kiln::weight<"w", kiln::f32>(3_c, 3_c, 24_c, 40_c);
constexpr auto window = kiln::relu(kiln::conv2d(images, filters));
constexpr auto points = kiln::weight<"w", kiln::f32>(1_c, 1_c, 24_c, 200_c);
constexpr auto small = kiln::input<"x", kiln::f32>(7_c, 7_c, 7_c, 24_c);
constexpr auto pointwise = kiln::relu(kiln::conv2d(small, points));
constexpr auto pooled = kiln::max_pool<kiln::pool{.size = {3, 3}, .stride = {1, 1}}>(
    kiln::input<"x", kiln::f32>(5_c, 40_c, 40_c, 24_c));

// Result, and how many parts ran at most.
template <class Net>
std::vector<float> run(const std::vector<float>& x,
                       const std::vector<float>& w,
                       std::size_t size,
                       counting_team* team) {
  std::vector<float> y(size);
  const auto bound = [&] {
    if constexpr (Net::plan.weights > 0) {
      return typename Net::weights{kiln::bind<"w">(w)};
    } else {
      return typename Net::weights{};
    }
  }();
  const auto go = [&](auto&& context) {
    context.run(Net::template view<"x">(x), Net::template view<"y">(y));
  };
  if (team == nullptr) {
    go(typename Net::context{bound});
  } else {
    go(typename Net::context{bound, *team});
  }
  return y;
}

template <class Net>
void check(int least_parts) {
  const auto& g = Net::graph;
  std::vector<float> x, w;
  kiln::reference::inputs in;
  for (int i = 0; i < g.size; ++i) {
    if (g[i].name.empty() || (g[i].name != "x" && g[i].name != "w")) continue;
    auto& to = g[i].name == "x" ? x : w;
    to = numbers(static_cast<std::size_t>(g[i].type.elems().factor), g[i].name == "x" ? 1 : 2);
    kiln::reference::tensor t(kiln::reference::extents_of(g[i].type, in.symbols));
    for (std::size_t k = 0; k < to.size(); ++k) t.value[k] = static_cast<double>(to[k]);
    in.tensors.emplace(std::string(g[i].name), std::move(t));
  }
  const auto values = kiln::reference::interpret(g, in);
  const auto& expected = values.output(0);
  const auto serial = run<Net>(x, w, expected.elems(), nullptr);
  CHECK(kiln::test::compare_f32(expected, serial.data()).problem == "");
  for (const int threads : {1, 2, 3, 4, 5, 6, 7, 8, 64}) {
    INFO("threads ", threads);
    counting_team team{threads};
    CHECK((run<Net>(x, w, expected.elems(), &team) == serial));
    CHECK(team.most >= (threads < least_parts ? threads : least_parts) - (threads == 1 ? 1 : 0));
  }
}

}  // namespace

TEST_CASE("a product by rows") { check<kiln::compile<product>>(7); }
TEST_CASE("a product of few rows by columns") { check<kiln::compile<columns>>(3); }
TEST_CASE("a product of one row by columns") { check<kiln::compile<one_row>>(3); }
TEST_CASE("layers of few rows, each by columns: the bits of the fused plan") {
  check<kiln::compile<one_deep, for_team>>(5);
  check<kiln::compile<few_deep, for_team>>(5);
  const auto w = numbers(768 * 768, 2), x = numbers(5 * 768, 1);
  const auto first = std::vector<float>(x.begin(), x.begin() + 768);
  using one = kiln::compile<one_deep>;
  using few = kiln::compile<few_deep>;
  counting_team two{2};
  CHECK((run<kiln::compile<one_deep, for_team>>(first, w, 768, &two)
         == run<one>(first, w, 768, nullptr)));
  CHECK(
      (run<kiln::compile<few_deep, for_team>>(x, w, 3840, &two) == run<few>(x, w, 3840, nullptr)));
}
TEST_CASE("a long sum by slices of k") {
  check<kiln::compile<depth, sliced>>(7);
  check<kiln::compile<single_depth, sliced>>(8);
  check<kiln::compile<more_depth, sliced>>(8);
}
TEST_CASE("elementwise, by rows") { check<kiln::compile<map>>(3); }
TEST_CASE("softmax, by rows") { check<kiln::compile<softmax>>(7); }
TEST_CASE("sums, by rows") { check<kiln::compile<sums>>(0); }
TEST_CASE("one line of elements, in whole lines of the cache") { check<kiln::compile<line>>(2); }
TEST_CASE("a convolution by images") { check<kiln::compile<window>>(5); }
TEST_CASE("a convolution of single pixels by images") { check<kiln::compile<pointwise>>(5); }
TEST_CASE("a pooling by images") { check<kiln::compile<pooled>>(2); }
