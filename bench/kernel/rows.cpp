// SPDX-License-Identifier: MIT
// Softmax, its logarithm and norms over rows in f32: the kernels against the libraries that are
// installed.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever Eigen
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <kiln/kernel/rows.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/version.hpp>

#include <bench/common/peer_threads.hpp>
#include <bench/common/record.hpp>

#ifdef KILN_HAVE_DNNL
#  include <dnnl.hpp>
#endif
#ifdef KILN_HAVE_EIGEN
#  include <Eigen/Core>
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

namespace kernel = kiln::kernel;
namespace simd = kiln::simd;

enum class program { softmax, log_softmax, layer_norm, rms_norm };

constexpr float epsilon = 1e-5F;

struct free_memory final {
  void operator()(float* p) const { std::free(p); }
};
using floats = std::unique_ptr<float[], free_memory>;

floats allocate(std::size_t elems) {
  constexpr std::size_t line = 64;
  const std::size_t bytes = (elems * sizeof(float) + line - 1) / line * line;
  return floats(static_cast<float*>(std::aligned_alloc(line, bytes)));
}

// One problem, shared by all contenders; each writes to y.
struct problem final {
  program what;
  std::size_t rows, n;
  floats x, gamma, beta, y, work;

  problem(program p, std::size_t row_count, std::size_t length)
      : what(p),
        rows(row_count),
        n(length),
        x(allocate(rows * n)),
        gamma(allocate(n)),
        beta(allocate(n)),
        y(allocate(rows * n)),
        work(allocate(kernel::row_work_elems(n))) {
    unsigned state = 1;
    const auto fill = [&state](float* to, std::size_t elems) {
      for (std::size_t i = 0; i < elems; ++i) {
        state = state * 1664525U + 1013904223U;
        to[i] = static_cast<float>(state >> 8) / 2097152.0F - 4.0F;
      }
    };
    fill(x.get(), rows * n);
    fill(gamma.get(), n);
    fill(beta.get(), n);
  }

  [[nodiscard]] double expected(std::size_t row, std::size_t i) const {
    const float* v = x.get() + row * n;
    double mean = 0;
    double squares = 0;
    double most = -1e30;
    double sum = 0;
    const auto count = static_cast<double>(n);
    for (std::size_t k = 0; k < n; ++k) {
      mean += v[k] / count;
      most = std::max(most, double{v[k]});
    }
    if (what == program::rms_norm) mean = 0;
    for (std::size_t k = 0; k < n; ++k) {
      squares += (v[k] - mean) * (v[k] - mean) / count;
      sum += std::exp(v[k] - most);
    }
    const double normal = (v[i] - mean) / std::sqrt(squares + double{epsilon}) * gamma[i];
    switch (what) {
      case program::softmax:
        return std::exp(v[i] - most) / sum;
      case program::log_softmax:
        return v[i] - most - std::log(sum);
      case program::layer_norm:
        return normal + double{beta[i]};
      case program::rms_norm:
        break;
    }
    return normal;
  }

  // A contender that computes something else is not one.
  void verify(const bench::contender& contender) const {
    std::fill_n(y.get(), rows * n, -77.0F);
    contender.run();
    for (const std::size_t row : {std::size_t{0}, rows - 1}) {
      for (const std::size_t i : {std::size_t{0}, n / 2, n - 1}) {
        const double wanted = expected(row, i);
        const double off = std::abs(double{y[row * n + i]} - wanted);
        if (off <= 1e-4 * std::max(1e-3, std::abs(wanted))) continue;
        std::fprintf(stderr, "%s is wrong by %g\n", contender.impl.c_str(), off);
        std::exit(1);
      }
    }
  }
};

struct load_from final {
  const float* p;
  template <class Lanes>
  KILN_INLINE simd::pack operator()(std::size_t i, Lanes m) const {
    return simd::load(p + i, m);
  }
};

struct store_to final {
  float* p;
  template <class Lanes>
  KILN_INLINE void operator()(std::size_t i, simd::pack v, Lanes m) const {
    simd::store(p + i, v, m);
  }
};

template <program What>
void run_rows(const problem& p) {
  const load_from gamma{p.gamma.get()};
  const load_from beta{p.beta.get()};
  for (std::size_t row = 0; row < p.rows; ++row) {
    const load_from x{p.x.get() + row * p.n};
    const store_to y{p.y.get() + row * p.n};
    if constexpr (What == program::softmax) {
      kernel::softmax(p.n, x, p.work.get(), y);
    } else if constexpr (What == program::log_softmax) {
      kernel::log_softmax(p.n, x, p.work.get(), y);
    } else if constexpr (What == program::layer_norm) {
      kernel::layer_norm(p.n, x, gamma, beta, epsilon, p.work.get(), y);
    } else {
      kernel::rms_norm(p.n, x, gamma, epsilon, p.work.get(), y);
    }
  }
}

#ifdef KILN_HAVE_DNNL
template <program What>
bench::contender dnnl_rows(const problem& p) {
  using dnnl::memory;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  constexpr auto inference = dnnl::prop_kind::forward_inference;
  const auto rows = static_cast<memory::dim>(p.rows);
  const auto n = static_cast<memory::dim>(p.n);
  const memory::desc whole({rows, n}, memory::data_type::f32, memory::format_tag::ab);
  const memory::desc vector({n}, memory::data_type::f32, memory::format_tag::a);
  const auto at = [](const memory::desc& desc, const floats& values) {
    return memory(desc, engine, values.get());
  };
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, at(whole, p.x)},
                                                  {DNNL_ARG_DST, at(whole, p.y)},
                                                  {DNNL_ARG_SCALE, at(vector, p.gamma)},
                                                  {DNNL_ARG_SHIFT, at(vector, p.beta)}};
  const auto primitive = [&] {
    if constexpr (What == program::softmax) {
      const dnnl::softmax_forward::desc desc(inference, whole, 1);
      return dnnl::softmax_forward({desc, engine});
    } else if constexpr (What == program::log_softmax) {
      const dnnl::logsoftmax_forward::desc desc(inference, whole, 1);
      return dnnl::logsoftmax_forward({desc, engine});
    } else {
      using dnnl::normalization_flags;
      const auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
      const dnnl::layer_normalization_forward::desc desc(inference, whole, epsilon, flags);
      return dnnl::layer_normalization_forward({desc, engine});
    }
  }();
  const auto* v = dnnl_version();
  const std::string version =
      std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  return {"oneDNN", version, [arguments, primitive, stream = dnnl::stream(engine)] {
            dnnl::stream s = stream;
            primitive.execute(s, arguments);
            s.wait();
          }};
}
#endif

#ifdef KILN_HAVE_EIGEN
template <program What>
void run_eigen(const problem& p) {
  using vector = Eigen::Array<float, Eigen::Dynamic, 1>;
  const auto n = static_cast<Eigen::Index>(p.n);
  const Eigen::Map<const vector> gamma(p.gamma.get(), n);
  const Eigen::Map<const vector> beta(p.beta.get(), n);
  for (std::size_t row = 0; row < p.rows; ++row) {
    const Eigen::Map<const vector> x(p.x.get() + row * p.n, n);
    Eigen::Map<vector> y(p.y.get() + row * p.n, n);
    if constexpr (What == program::softmax) {
      y = (x - x.maxCoeff()).exp();
      y *= 1.0F / y.sum();
    } else if constexpr (What == program::log_softmax) {
      const float most = x.maxCoeff();
      y = x - (most + std::log((x - most).exp().sum()));
    } else if constexpr (What == program::layer_norm) {
      const float mean = x.mean();
      y = (x - mean) * (1.0F / std::sqrt((x - mean).square().mean() + epsilon)) * gamma + beta;
    } else {
      y = x * (1.0F / std::sqrt(x.square().mean() + epsilon)) * gamma;
    }
  }
}
#endif

template <program What>
void compare(const bench::options& o, const char* name, std::size_t rows, std::size_t n) {
  const std::string full = std::string(name) + "/" + std::to_string(rows) + "x" + std::to_string(n);
  if (!o.wants(full)) return;
  const problem p(What, rows, n);
  std::vector<bench::contender> contenders{
      {"kiln", std::string(kiln::version), [&p] { run_rows<What>(p); }}};
#ifdef KILN_HAVE_DNNL
  if constexpr (What != program::rms_norm) contenders.push_back(dnnl_rows<What>(p));
#endif
#ifdef KILN_HAVE_EIGEN
  const std::string version = std::to_string(EIGEN_WORLD_VERSION) + "."
                              + std::to_string(EIGEN_MAJOR_VERSION) + "."
                              + std::to_string(EIGEN_MINOR_VERSION);
  contenders.push_back({"Eigen", version, [&p] { run_eigen<What>(p); }});
#endif
  for (const auto& c : contenders) p.verify(c);
  bench::record(
      o,
      {.name = full, .dtype = "f32", .batch = static_cast<long>(rows), .threads = 1, .flops = 0},
      contenders);
}

}  // namespace

int main(int argc, char** argv) {
  bench::use_threads(1, argv);
  const auto o = bench::parse(argc, argv);
  for (const std::size_t n : {64U, 77U, 128U, 384U, 1000U}) {
    compare<program::softmax>(o, "softmax", 64, n);
  }
  compare<program::log_softmax>(o, "log_softmax", 64, 128);
  for (const std::size_t n : {64U, 768U, 1024U}) {
    compare<program::layer_norm>(o, "layer_norm", 64, n);
    compare<program::rms_norm>(o, "rms_norm", 64, n);
  }
  return 0;
}
