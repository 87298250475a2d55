// SPDX-License-Identifier: MIT
// Whole nets in f32, one thread: kiln against oneDNN's primitives and Eigen.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever Eigen
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <kiln/version.hpp>

#include <bench/common/record.hpp>
#include <bench/model/mlp.hpp>
#include <bench/model/mlp_data.hpp>
#ifdef KILN_HAVE_DNNL
#  include <bench/model/dnnl_mlp.hpp>
#endif
#ifdef KILN_HAVE_EIGEN
#  include <bench/model/eigen_mlp.hpp>
#endif

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

template <class Net>
bench::contender kiln_contender(const bench::mlp_data& d) {
  auto net = std::make_shared<bench::bound_net<Net>>(d.weights, d.x.data(), d.y.data());
  return {"kiln", std::string(kiln::version), [net] { net->run(); }};
}

template <class Model>
inline constexpr bool has_fixed_twin = false;
template <int Batch>
inline constexpr bool has_fixed_twin<bench::digits<Batch>> = true;

template <int Batch, template <int> class Model>
void compare(const bench::options& o) {
  const bench::mlp model = Model<Batch>::describe();
  const std::string name = model.name + "/" + std::to_string(Batch);
  if (!o.wants(name)) return;
  const bench::mlp_data d(model);
  std::vector<bench::contender> contenders{kiln_contender<typename Model<Batch>::net>(d)};
#ifdef KILN_HAVE_DNNL
  contenders.push_back(bench::dnnl_mlp(d, bench::dnnl_layer::matmul));
  contenders.push_back(bench::dnnl_mlp(d, bench::dnnl_layer::inner_product));
#endif
#ifdef KILN_HAVE_EIGEN
  contenders.push_back(bench::eigen_mlp(d));
  if constexpr (has_fixed_twin<Model<Batch>>)
    contenders.push_back(bench::eigen_fixed_mlp<Batch, 64, 64, 10>(d));
#endif
  for (const auto& c : contenders) d.verify(c);
  bench::record(
      o,
      {.name = name, .dtype = "f32", .batch = Batch, .threads = 1, .flops = model.flops()},
      contenders);
}

}  // namespace

int main(int argc, char** argv) {
  setenv("OMP_NUM_THREADS", "1", 1);  // read by oneDNN's runtime at its first use
  const auto o = bench::parse(argc, argv);
  compare<1, bench::digits>(o);
  compare<32, bench::digits>(o);
  compare<1, bench::mlp_1>(o);
  compare<32, bench::mlp_1>(o);
  compare<128, bench::mlp_1>(o);
  compare<512, bench::mlp_1>(o);
  return 0;
}
