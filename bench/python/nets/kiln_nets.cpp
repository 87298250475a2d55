// SPDX-License-Identifier: MIT
// The nets of bench/model behind C functions, so that Python can call them like any other runtime.
#include <kiln/version.hpp>

#include <bench/common/peak.hpp>
#include <bench/model/mlp.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace {

/// A net of which the type is forgotten.
struct any_net {
  any_net() = default;
  any_net(const any_net&) = delete;
  any_net& operator=(const any_net&) = delete;
  virtual ~any_net() = default;
  virtual void run() noexcept = 0;
  virtual double time_us(long runs) noexcept = 0;
};

template <class Net>
struct one_net final : any_net {
  one_net(const bench::named_weights& w, const float* x, float* y)
      : net(w, x, y) {}
  void run() noexcept override { net.run(); }
  double time_us(long runs) noexcept override {
    const double start = bench::cpu_now_us();
    for (long i = 0; i < runs; ++i) net.run();
    return (bench::cpu_now_us() - start) / static_cast<double>(runs);
  }

  bench::bound_net<Net> net;
};

template <template <int> class Model, int... Batches>
std::unique_ptr<any_net> make(
    const std::string& name, int batch, const bench::named_weights& w, const float* x, float* y) {
  std::unique_ptr<any_net> made;
  if (name == Model<1>::describe().name) {
    static_cast<void>(
        ((batch == Batches
          && (made = std::make_unique<one_net<typename Model<Batches>::net>>(w, x, y)))
         || ...));
  }
  return made;
}

}  // namespace

extern "C" {

struct kiln_weight final {
  const char* name;
  const float* data;
  std::size_t elems;
};

/// A net that reads x and writes y at every run; null if there is none, or the weights do not fit.
void* kiln_net_new(
    const char* name, int batch, const kiln_weight* weights, int count, const float* x, float* y) {
  try {
    bench::named_weights named;
    for (int i = 0; i < count; ++i) named[weights[i].name] = {weights[i].data, weights[i].elems};
    auto net = make<bench::digits, 1, 32>(name, batch, named, x, y);
    if (net == nullptr) net = make<bench::mlp_1, 1, 32, 128, 512>(name, batch, named, x, y);
    return net.release();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return nullptr;
  }
}
void kiln_net_delete(void* net) { delete static_cast<any_net*>(net); }
void kiln_net_run(void* net) { static_cast<any_net*>(net)->run(); }

/// Microseconds of one of `runs` runs, called from here.
double kiln_net_time_us(void* net, long runs) { return static_cast<any_net*>(net)->time_us(runs); }

/// One sample of the core's peak.
double kiln_peak_gflops() { return bench::sample_peak_gflops(); }
const char* kiln_version() { return kiln::version.data(); }

}  // extern "C"
