// SPDX-License-Identifier: MIT
// The nets of bench/model behind C functions, so that Python can call them like any other runtime.
#include <kiln/runtime/thread_pool.hpp>
#include <kiln/version.hpp>

#include <bench/common/peak_team.hpp>
#include <bench/common/processors.hpp>
#include <bench/model/any_net.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>

namespace {

/// A net, and the threads that compute it if there are several.
struct threaded_net final {
  std::unique_ptr<kiln::thread_pool> pool;
  std::unique_ptr<bench::any_net> net;
};

/// The element type with this name; f32 for any other.
bench::dtype element_named(const char* name) {
  using bench::dtype;
  for (const dtype t : {dtype::bf16, dtype::u8, dtype::s8}) {
    if (name_of(t) == name) return t;
  }
  return dtype::f32;
}

}  // namespace

extern "C" {

struct kiln_weight final {
  const char* name;
  const char* element;
  const void* data;
  std::size_t elems;
};

/// A net that reads x and writes y at every run; null if there is none, or the weights do not fit.
void* kiln_net_new(const char* name,
                   const char* element,
                   int batch,
                   int threads,
                   const kiln_weight* weights,
                   int count,
                   const void* x,
                   void* y) {
  try {
    bench::named_weights named;
    for (int i = 0; i < count; ++i) {
      kiln::tensor::memory& m = named[weights[i].name];
      m.data = weights[i].data;
      m.element = element_named(weights[i].element);
      m.elems = static_cast<std::int64_t>(weights[i].elems);
    }
    auto made = std::make_unique<threaded_net>();
    if (threads > 1) {
      const kiln::pool_options bound{.threads = threads, .pinned = true};
      made->pool = std::make_unique<kiln::thread_pool>(bound);
    }
    const bench::net_place at{x, y, made->pool.get()};
    made->net = bench::make_net(name, element_named(element), batch, named, at);
    return made->net == nullptr ? nullptr : made.release();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return nullptr;
  }
}
void kiln_net_delete(void* net) { delete static_cast<threaded_net*>(net); }
void kiln_net_run(void* net) { static_cast<threaded_net*>(net)->net->run(); }

/// Microseconds of one of `runs` runs, called from here: of processor time if one thread computes.
double kiln_net_time_us(void* net, long runs) {
  const auto& n = *static_cast<threaded_net*>(net);
  return n.net->time_us(runs, n.pool == nullptr ? bench::cpu_now_us : bench::now_us);
}

/// One sample of what so many cores can do at most with an element type; threads is 1, or the same
/// at every call.
double kiln_peak_gops(const char* element, int threads) {
  const bench::dtype t = element_named(element);
  return threads == 1 ? bench::sample_peak_gops(t) : bench::sample_peak_of(threads, t);
}
/// Waits until no other thread of the process runs.
void kiln_wait_until_others_sleep() { bench::wait_until_others_sleep(); }
const char* kiln_version() { return kiln::version.data(); }

}  // extern "C"
