// SPDX-License-Identifier: MIT
// Functions of the vector mathematics, both tiers, against xsimd's own and SLEEF: cycles a vector,
// load and store included.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12's own AVX-512 header reads an undefined register by design, and says so wherever xsimd
// uses it.
#  pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#  pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <kiln/core/math.hpp>
#include <kiln/simd/math.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/simd/rough.hpp>
#include <kiln/version.hpp>

#include <xsimd/xsimd.hpp>

#include <bench/common/peak.hpp>
#include <bench/common/record.hpp>

#ifdef KILN_HAVE_SLEEF
#  include <sleef.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

namespace core = kiln::core;
namespace simd = kiln::simd;

constexpr std::size_t count = 2048;  // in and out together fit any first-level cache

struct data final {
  alignas(64) std::array<float, count> x;
  alignas(64) std::array<float, count> y;
};

// Gigahertz, by a chain whose steps take four cycles on all x86 machines with AVX2: a product and
// an exclusive or, which no compiler takes apart.
double sample_clock() {
  static const volatile std::size_t number = 3;
  const std::size_t factor = number;
  constexpr long steps = 100000;
  std::size_t x = factor;
  const double start = bench::cpu_now_us();
  for (long i = 0; i < steps; ++i) x = (x * factor) ^ factor;
  const volatile std::size_t sink = x;
  static_cast<void>(sink);
  return 4e-3 * static_cast<double>(steps) / (bench::cpu_now_us() - start);
}

// What the peak of a measurement has to be divided by for the clock that it was taken at.
double flops_a_cycle() {
  std::vector<double> samples;
  for (int i = 0; i < 31; ++i) samples.push_back(bench::sample_peak_gflops() / sample_clock());
  return bench::detail::quantile(samples, 0.5);
}

/// Stands for a function that a library does not have.
struct absent final {};

namespace sleef {

#if defined(KILN_HAVE_SLEEF) && KILN_ISA_AVX512
const std::string version =
    std::to_string(SLEEF_VERSION_MAJOR) + "." + std::to_string(SLEEF_VERSION_MINOR);
constexpr auto exp = [](__m512 x) { return Sleef_expf16_u10(x); };
constexpr auto exp2 = [](__m512 x) { return Sleef_exp2f16_u10(x); };
constexpr auto expm1 = [](__m512 x) { return Sleef_expm1f16_u10(x); };
constexpr auto log = [](__m512 x) { return Sleef_logf16_u35(x); };
constexpr auto log2 = [](__m512 x) { return Sleef_log2f16_u35(x); };
constexpr auto log1p = [](__m512 x) { return Sleef_log1pf16_u10(x); };
constexpr auto tanh = [](__m512 x) { return Sleef_tanhf16_u35(x); };
constexpr auto erf = [](__m512 x) { return Sleef_erff16_u10(x); };
constexpr auto erfc = [](__m512 x) { return Sleef_erfcf16_u15(x); };
#elif defined(KILN_HAVE_SLEEF) && KILN_ISA_AVX2
const std::string version =
    std::to_string(SLEEF_VERSION_MAJOR) + "." + std::to_string(SLEEF_VERSION_MINOR);
constexpr auto exp = [](__m256 x) { return Sleef_expf8_u10(x); };
constexpr auto exp2 = [](__m256 x) { return Sleef_exp2f8_u10(x); };
constexpr auto expm1 = [](__m256 x) { return Sleef_expm1f8_u10(x); };
constexpr auto log = [](__m256 x) { return Sleef_logf8_u35(x); };
constexpr auto log2 = [](__m256 x) { return Sleef_log2f8_u35(x); };
constexpr auto log1p = [](__m256 x) { return Sleef_log1pf8_u10(x); };
constexpr auto tanh = [](__m256 x) { return Sleef_tanhf8_u35(x); };
constexpr auto erf = [](__m256 x) { return Sleef_erff8_u10(x); };
constexpr auto erfc = [](__m256 x) { return Sleef_erfcf8_u15(x); };
#else
const std::string version = "not here";
constexpr absent exp, exp2, expm1, log, log2, log1p, tanh, erf, erfc;
#endif

}  // namespace sleef

// Objects, as functions would be called by their address.
namespace roughly {

constexpr auto exp = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::exp(x); };
constexpr auto exp2 = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::exp2(x); };
constexpr auto expm1 = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::expm1(x); };
constexpr auto log = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::log(x); };
constexpr auto log2 = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::log2(x); };
constexpr auto log1p = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::log1p(x); };
constexpr auto tanh = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::tanh(x); };
constexpr auto erf = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::erf(x); };
constexpr auto erfc = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::erfc(x); };
constexpr auto sigmoid = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::sigmoid(x); };
constexpr auto gelu = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::gelu(x); };
constexpr auto softplus = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::softplus(x); };
constexpr auto rsqrt = [](simd::pack x) KILN_INLINE_LAMBDA { return simd::rough::rsqrt(x); };

}  // namespace roughly

namespace of_xsimd {

constexpr auto exp = [](auto x) { return xsimd::exp(x); };
constexpr auto exp2 = [](auto x) { return xsimd::exp2(x); };
constexpr auto expm1 = [](auto x) { return xsimd::expm1(x); };
constexpr auto log = [](auto x) { return xsimd::log(x); };
constexpr auto log2 = [](auto x) { return xsimd::log2(x); };
constexpr auto log1p = [](auto x) { return xsimd::log1p(x); };
constexpr auto tanh = [](auto x) { return xsimd::tanh(x); };
constexpr auto erf = [](auto x) { return xsimd::erf(x); };
constexpr auto erfc = [](auto x) { return xsimd::erfc(x); };

}  // namespace of_xsimd

template <class Function>
auto on_packs(data& d, Function f) {
  return [&d, f] {
    for (std::size_t i = 0; i < count; i += simd::lanes) {
      simd::store(d.y.data() + i, f(simd::load(d.x.data() + i)));
    }
  };
}

template <class Function>
auto on_batches(data& d, Function f) {
  using batch = xsimd::batch<float>;
  return [&d, f] {
    for (std::size_t i = 0; i < count; i += batch::size) {
      f(batch::load_unaligned(d.x.data() + i)).store_unaligned(d.y.data() + i);
    }
  };
}

// A contender that computes something else is not one.
template <class Exact>
void verify(const data& d, const bench::contender& c, Exact exact) {
  c.run();
  for (std::size_t i = 0; i < count; i += 37) {
    const double wanted = exact(static_cast<double>(d.x[i]));
    const double off = std::fabs(static_cast<double>(d.y[i]) - wanted);
    if (off <= 1e-2 * std::fabs(wanted) + 1e-30) continue;
    std::fprintf(stderr, "%s is wrong by %g\n", c.impl.c_str(), off);
    std::exit(1);
  }
}

std::string xsimd_version() {
  return std::to_string(XSIMD_VERSION_MAJOR) + "." + std::to_string(XSIMD_VERSION_MINOR) + "."
         + std::to_string(XSIMD_VERSION_PATCH);
}

/// One function on arguments between two bounds: the peers follow by add_*().
template <class Exact>
class workload final {
 public:
  workload(const bench::options& o, std::string name, float low, float high, Exact exact)
      : options_(o),
        name_(std::move(name)),
        exact_(exact) {
    for (std::size_t i = 0; i < count; ++i) {
      // A permutation, so that neighbours differ.
      const auto k = static_cast<float>(i * 797 % count);
      data_.x[i] = low + (high - low) * k / static_cast<float>(count - 1);
    }
  }

  template <class Accurate, class Rough>
  workload& add_kiln(Accurate accurate, Rough roughly) {
    add("kiln", std::string(kiln::version), on_packs(data_, accurate));
    add("kiln rough", std::string(kiln::version), on_packs(data_, roughly));
    return *this;
  }
  template <class Function>
  workload& add_xsimd(Function f) {
    add("xsimd", xsimd_version(), on_batches(data_, f));
    return *this;
  }
  template <class Function>
  workload& add_sleef(Function f) {
    if constexpr (!std::is_same_v<Function, absent>) {
      add("SLEEF", sleef::version, on_packs(data_, [f](simd::pack x) {
            return simd::pack::wrap(f(x.raw));
          }));
    }
    return *this;
  }

  void run(double flops_a_cycle) {
    if (!options_.wants(name_)) return;
    for (const auto& c : contenders_) verify(data_, c, exact_);
    const auto r =
        bench::record(options_,
                      {.name = name_, .dtype = "f32", .batch = 1, .threads = 1, .flops = 0},
                      contenders_);
    constexpr auto vectors = static_cast<double>(count / simd::lanes);
    std::printf("%-36s cycles a vector of %zu:", "", simd::lanes);
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      const double cycles = r.timings[i].median_us * 1e3 * r.peak_gflops / flops_a_cycle;
      std::printf(" %s %.1f", contenders_[i].impl.c_str(), cycles / vectors);
    }
    std::printf("\n");
  }

 private:
  void add(std::string impl, std::string version, std::function<void()> run) {
    contenders_.push_back({std::move(impl), std::move(version), std::move(run)});
  }

  const bench::options& options_;
  std::string name_;
  Exact exact_;
  data data_{};
  std::vector<bench::contender> contenders_;
};

/// Runs what is wanted of the functions.
struct comparison final {
  const bench::options& options;
  double flops;

  template <class Function, class Rough, class OfXsimd, class OfSleef>
  void of_all(const char* name, float most, Function f, Rough r, OfXsimd x, OfSleef s) const {
    const float least = std::isnan(f(-2.0F)) ? 0.1F : -most;  // logarithms
    workload(options, name, least, most, f).add_kiln(f, r).add_xsimd(x).add_sleef(s).run(flops);
  }
  template <class Function, class Rough>
  void of_own(const char* name, float least, float most, Function f, Rough r) const {
    workload(options, name, least, most, f).add_kiln(f, r).run(flops);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv);
  if constexpr (std::is_same_v<decltype(sleef::exp), const absent>) {
    std::printf("SLEEF is left out: it is not installed, or not for this machine\n");
  }
  const comparison compare{o, flops_a_cycle()};
  compare.of_all("exp", 10, core::exp, roughly::exp, of_xsimd::exp, sleef::exp);
  compare.of_all("exp2", 10, core::exp2, roughly::exp2, of_xsimd::exp2, sleef::exp2);
  compare.of_all("expm1", 3, core::expm1, roughly::expm1, of_xsimd::expm1, sleef::expm1);
  compare.of_all("log", 10, core::log, roughly::log, of_xsimd::log, sleef::log);
  compare.of_all("log2", 10, core::log2, roughly::log2, of_xsimd::log2, sleef::log2);
  compare.of_all("log1p", 10, core::log1p, roughly::log1p, of_xsimd::log1p, sleef::log1p);
  compare.of_all("tanh", 5, core::tanh, roughly::tanh, of_xsimd::tanh, sleef::tanh);
  compare.of_all("erf", 3, core::erf, roughly::erf, of_xsimd::erf, sleef::erf);
  compare.of_all("erfc", 3, core::erfc, roughly::erfc, of_xsimd::erfc, sleef::erfc);
  compare.of_own("exp/underflow", -200, -110, core::exp, roughly::exp);
  compare.of_own("sigmoid", -10, 10, core::sigmoid, roughly::sigmoid);
  compare.of_own("gelu", -5, 5, core::gelu, roughly::gelu);
  compare.of_own("softplus", -10, 10, core::softplus, roughly::softplus);
  compare.of_own("rsqrt", 0.1F, 10, core::rsqrt, roughly::rsqrt);
  return 0;
}
