// SPDX-License-Identifier: MIT
// Blocks of rows of a small net, 13-512-256-128, whose weights stay in the second cache.
#include <bench/plan/alternatives.hpp>

namespace {

template <int Batch>
inline constexpr auto& net = bench::mlp_1<kiln::f32, Batch>::expression;

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv);
  bench::compare_alternatives<net<1>>(o, "mlp_1/1");
  bench::compare_alternatives<net<8>, 4>(o, "mlp_1/8");
  bench::compare_alternatives<net<32>, 8, 16>(o, "mlp_1/32");
  bench::compare_alternatives<net<64>, 16, 32>(o, "mlp_1/64");
  bench::compare_alternatives<net<128>, 32, 128>(o, "mlp_1/128");
  bench::compare_alternatives<net<512>, 32, 48, 96, 128, 256>(o, "mlp_1/512");
}
