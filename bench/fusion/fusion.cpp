// SPDX-License-Identifier: MIT
// What fusion gains: the same expressions with all moves, and with one group for every operator.
#include <kiln/kiln.hpp>

#include <algorithm>
#include <bench/common/record.hpp>
#include <bench/model/mlp.hpp>
#include <bench/model/mlp_data.hpp>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace kiln::literals;

template <int Batch>
using mlp_1 = bench::mlp_1<bench::dtype::f32, Batch>;

/// Loops over neighbouring axes still become one: only what is computed together differs.
struct unfused : kiln::settings {
  static constexpr auto moves = kiln::plan::moves(kiln::plan::collapse, kiln::plan::place_scratch);
};

// The first half of a transformer's feed-forward block.
namespace feed_forward {
constexpr auto x = kiln::input<"x", kiln::f32>(128_c, 768_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(768_c, 3072_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(3072_c);
constexpr auto y = kiln::gelu(kiln::matmul(x, w) + b);
constexpr double flops = 2.0 * 128 * 768 * 3072;
}  // namespace feed_forward

namespace residual {
constexpr auto x = kiln::input<"x", kiln::f32>(128_c, 256_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(256_c, 256_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(256_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(256_c, 256_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(256_c);
constexpr auto y = kiln::relu(x + kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2);
constexpr double flops = 2.0 * 128 * 256 * 256 * 2;
}  // namespace residual

namespace softmax {
constexpr auto x = kiln::input<"x", kiln::f32>(128_c, 256_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(256_c, 1000_c);
constexpr auto y = kiln::softmax(kiln::matmul(x, w));
constexpr double flops = 2.0 * 128 * 256 * 1000;
}  // namespace softmax

// Attention's last matmul with what follows it in a transformer.
namespace layer_norm {
constexpr auto x = kiln::input<"x", kiln::f32>(128_c, 768_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(768_c, 768_c);
constexpr auto gamma = kiln::weight<"gamma", kiln::f32>(768_c);
constexpr auto beta = kiln::weight<"beta", kiln::f32>(768_c);
constexpr auto y = kiln::layer_norm(kiln::matmul(x, w) + x, gamma, beta);
constexpr double flops = 2.0 * 128 * 768 * 768;
}  // namespace layer_norm

/// Bytes that one run moves through memory shared by its groups.
template <class Net>
double bytes_moved() {
  double sum = 0;
  for (int g = 0; g < Net::groups; ++g) sum += Net::bytes(g);
  return sum;
}

/// Numbers for all tensors of an expression, and room for two results.
class workload_data final {
 public:
  template <class Graph>
  explicit workload_data(const Graph& g) {
    for (int i = 0; i < g.size; ++i) {
      if (g[i].name.empty()) continue;
      const float scale =
          g[i].type.rank < 2 ? 1.0F : 1 / std::sqrt(static_cast<float>(g[i].type[0].factor));
      named[std::string(g[i].name)] =
          bench::random_floats(memory_, elems(g[i].type), static_cast<unsigned>(i), scale);
    }
    const std::size_t results = elems(g[g.outputs[0].node].type);
    fused = bench::random_floats(memory_, results, 100);
    unfused = bench::random_floats(memory_, results, 200);
  }

  /// Both plans compute the same.
  void verify(const std::string& workload) const {
    double worst = 0;
    for (std::size_t i = 0; i < fused.size(); ++i) {
      const double error = std::fabs(double{fused[i]} - double{unfused[i]});
      worst = error <= worst ? worst : error;  // NaN is the worst
    }
    if (worst < 1e-4) return;
    std::fprintf(stderr, "%s: fused and unfused differ by %g\n", workload.c_str(), worst);
    std::exit(1);
  }

  std::map<std::string, std::span<float>> named;
  std::span<float> fused, unfused;

 private:
  template <class Type>
  static std::size_t elems(const Type& t) {
    std::size_t n = 1;
    for (int k = 0; k < t.rank; ++k) n *= static_cast<std::size_t>(t[k].factor);
    return n;
  }

  std::vector<kiln::tensor::buffer> memory_;
};

template <class Net>
bench::contender contender(const char* impl, const workload_data& d, float* y) {
  auto net = std::make_shared<bench::bound_net<Net>>(d.named, d.named.at("x").data(), y);
  return {impl, std::string(kiln::version), [net] { net->run(); }, bytes_moved<Net>()};
}

template <const auto& Y>
void compare(const bench::options& o, const std::string& name, long batch, double flops) {
  const std::string workload = "fusion/" + name;
  if (!o.wants(workload)) return;
  using all_moves = kiln::compile<Y>;
  using no_fusion = kiln::compile<Y, unfused>;
  const workload_data d(all_moves::lowered);
  const std::vector contenders{contender<all_moves>("kiln", d, d.fused.data()),
                               contender<no_fusion>("kiln unfused", d, d.unfused.data())};
  for (const auto& c : contenders) c.run();
  d.verify(workload);
  bench::record(o,
                {.name = workload, .dtype = "f32", .batch = batch, .threads = 1, .flops = flops},
                contenders);
  std::printf("%-36s groups %d of %d, tensors in memory %d of %d, MB moved %.2f of %.2f\n",
              "",
              all_moves::groups,
              no_fusion::groups,
              all_moves::materialized,
              no_fusion::materialized,
              contenders[0].bytes * 1e-6,
              contenders[1].bytes * 1e-6);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv);
  compare<feed_forward::y>(o, "matmul+bias+gelu", 128, feed_forward::flops);
  compare<mlp_1<32>::expression>(o, "mlp_1/32", 32, bench::describe_mlp_1(32).flops());
  compare<mlp_1<512>::expression>(o, "mlp_1/512", 512, bench::describe_mlp_1(512).flops());
  compare<residual::y>(o, "residual", 128, residual::flops);
  compare<softmax::y>(o, "softmax(matmul)", 128, softmax::flops);
  compare<layer_norm::y>(o, "layer_norm(matmul+x)", 128, layer_norm::flops);
  return 0;
}
