// SPDX-License-Identifier: MIT
// A net of kiln behind one call, so that whoever measures it need not compile it.
#pragma once

#include <bench/common/peak.hpp>
#include <bench/model/mlp.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

namespace bench {

/// A net that reads and writes the same memory at every run.
struct any_net {
  any_net() = default;
  any_net(const any_net&) = delete;
  any_net& operator=(const any_net&) = delete;
  virtual ~any_net() = default;
  virtual void run() noexcept = 0;
  /// Microseconds of one of `runs` runs by this clock.
  virtual double time_us(long runs, double (*clock)()) noexcept = 0;
  [[nodiscard]] virtual std::size_t scratch_bytes() const noexcept = 0;
};

namespace detail {

template <class Net, dtype Element>
class one_net final : public any_net {
 public:
  template <class... Pool>
  explicit one_net(const named_weights& w, const void* x, void* y, Pool&... pool)
      : net_(w, x, y, pool...) {}
  void run() noexcept override { net_.run(); }
  double time_us(long runs, double (*clock)()) noexcept override {
    const double start = clock();
    for (long i = 0; i < runs; ++i) net_.run();
    return (clock() - start) / static_cast<double>(runs);
  }
  [[nodiscard]] std::size_t scratch_bytes() const noexcept override { return Net::scratch_bytes; }

 private:
  bound_net<Net, Element> net_;
};

}  // namespace detail

/// Where a net reads, where it writes, and who computes it: null for the calling thread alone.
struct net_place final {
  const void* x = nullptr;
  void* y = nullptr;
  kiln::thread_pool* pool = nullptr;
};

/// The net of this batch size; null if it was not compiled for it.
///
/// @errors  kiln::error for weights that do not fit
template <template <dtype, int> class Model, dtype Element, int... Batches>
std::unique_ptr<any_net> make_one_of(int batch, const named_weights& w, const net_place& at) {
  std::unique_ptr<any_net> made;
  const auto make = [&]<int Batch>() {
    using net = detail::one_net<net_of<Model<Element, Batch>>, Element>;
    if (at.pool == nullptr) {
      made = std::make_unique<net>(w, at.x, at.y);
    } else {
      made = std::make_unique<net>(w, at.x, at.y, *at.pool);
    }
  };
  static_cast<void>(((batch == Batches && (make.template operator()<Batches>(), true)) || ...));
  return made;
}

/// The net of bench/model/nets with this name, element type and batch size; null if there is none.
///
/// @errors  kiln::error for weights that do not fit
std::unique_ptr<any_net> make_net(
    std::string_view name, dtype element, int batch, const named_weights& w, const net_place& at);

}  // namespace bench
