// SPDX-License-Identifier: MIT
// The nets of bench/model behind C functions, so that Python can call them like any other runtime.
#include <kiln/version.hpp>

#include <bench/common/peak.hpp>
#include <bench/model/any_net.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>

namespace {

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
    return bench::make_net(name, element_named(element), batch, named, {x, y}).release();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return nullptr;
  }
}
void kiln_net_delete(void* net) { delete static_cast<bench::any_net*>(net); }
void kiln_net_run(void* net) { static_cast<bench::any_net*>(net)->run(); }

/// Microseconds of one of `runs` runs, called from here.
double kiln_net_time_us(void* net, long runs) {
  return static_cast<bench::any_net*>(net)->time_us(runs, bench::cpu_now_us);
}

/// One sample of what a core can do at most with an element type.
double kiln_peak_gops(const char* element) {
  return bench::sample_peak_gops(element_named(element));
}
const char* kiln_version() { return kiln::version.data(); }

}  // extern "C"
