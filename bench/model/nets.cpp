// SPDX-License-Identifier: MIT
// Whole nets at many batch sizes: kiln against oneDNN's primitives and, on one thread, Eigen.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever Eigen
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <kiln/runtime/thread_pool.hpp>
#include <kiln/version.hpp>

#include <bench/common/peer_threads.hpp>
#include <bench/common/record.hpp>
#include <bench/model/any_net.hpp>
#include <bench/model/mlp_data.hpp>
#ifdef KILN_HAVE_DNNL
#  include <bench/model/dnnl_mlp.hpp>
#endif
#ifdef KILN_HAVE_EIGEN
#  include <bench/model/eigen_mlp.hpp>
#endif

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using bench::dtype;
using bench::mlp;

bench::contender kiln_contender(const bench::mlp_data& d, kiln::thread_pool* pool, int threads) {
  const mlp& m = d.model;
  const std::shared_ptr<bench::any_net> net =
      bench::make_net(m.name, m.element, m.batch, d.weights, {d.x.data(), d.y.data(), pool});
  if (net == nullptr) {
    std::fprintf(stderr, "%s is not compiled for a batch of %d\n", m.name.c_str(), m.batch);
    std::exit(1);
  }
  const char* const name = pool == nullptr && threads > 1 ? "kiln, one thread" : "kiln";
  bench::contender c{name, std::string(kiln::version), [net] { net->run(); }};
  c.scratch_bytes = static_cast<double>(net->scratch_bytes());
  return c;
}

void compare(const bench::options& o, const mlp& model, kiln::thread_pool* pool) {
  const std::string dtype_name(name_of(model.element));
  const std::string name = model.name + "/" + std::to_string(model.batch);
  if (!o.wants(name + " " + dtype_name)) return;
  const bench::mlp_data d(model);
  std::vector<bench::contender> contenders{kiln_contender(d, pool, o.threads)};
  if (pool != nullptr) contenders.push_back(kiln_contender(d, nullptr, o.threads));
#ifdef KILN_HAVE_DNNL
  contenders.push_back(bench::dnnl_mlp(d, bench::dnnl_layer::matmul));
  contenders.push_back(bench::dnnl_mlp(d, bench::dnnl_layer::inner_product));
#endif
#ifdef KILN_HAVE_EIGEN
  if (model.element == dtype::f32 && o.threads == 1) {
    contenders.push_back(bench::eigen_mlp(d));
    if (name == "digits/1") contenders.push_back(bench::eigen_fixed_mlp<1, 64, 64, 10>(d));
    if (name == "digits/32") contenders.push_back(bench::eigen_fixed_mlp<32, 64, 64, 10>(d));
  }
#endif
  for (const auto& c : contenders) d.verify(c);
  if (pool != nullptr) bench::bind_all_threads();
  bench::record(o,
                {.name = name,
                 .dtype = dtype_name,
                 .batch = model.batch,
                 .threads = o.threads,
                 .flops = model.flops(),
                 .peak_of = model.element},
                contenders);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv);
  bench::use_threads(o.threads, argv);
  std::optional<kiln::thread_pool> threads;
  if (o.threads > 1) threads.emplace(kiln::pool_options{.threads = o.threads, .pinned = true});
  kiln::thread_pool* const pool = threads ? &*threads : nullptr;
  for (const int batch : {1, 32}) compare(o, bench::describe_digits(batch), pool);
  for (const auto describe : {bench::describe_mlp_1, bench::describe_mlp_2}) {
    for (const dtype element : {dtype::f32, dtype::bf16, dtype::u8}) {
      for (const int batch : {1, 8, 32, 64, 128, 256, 512})
        compare(o, describe(batch, element), pool);
    }
  }
  return 0;
}
