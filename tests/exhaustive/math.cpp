// SPDX-License-Identifier: MIT
// exp, tanh, sigmoid and erf of every one of the 2^32 floats, in both tiers, against the standard
// library in double: minutes, so no part of the default test run.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/math.hpp>
#include <kiln/simd/rough.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <support/sweep.hpp>

namespace accuracy = kiln::simd::accuracy;
namespace core = kiln::core;
namespace rough = kiln::simd::rough;
namespace simd = kiln::simd;

namespace {

using floats = std::array<float, simd::lanes>;

/// The greatest error of one tier so far, and its bound.
struct tier final {
  const char* name;
  double bound;
  double (*measure)(float actual, double exact);
  kiln::test::sweep_result found{};

  void add(const floats& x, const floats& y, const std::array<double, simd::lanes>& exact) {
    for (std::size_t i = 0; i < simd::lanes; ++i) {
      const double off = measure(y[i], exact[i]);
      if (!(off <= found.worst)) found = {off, x[i]};
    }
  }

  [[nodiscard]] bool holds(const char* function) const {
    const bool good = found.worst <= bound;
    std::printf("%-8s %-9s %.3e of at most %.3e, at %.9g%s\n",
                function,
                name,
                found.worst,
                bound,
                static_cast<double>(found.at),
                good ? "" : "  FAILED");
    return good;
  }
};

double units_off(float actual, double exact) {
  // What is correctly rounded is off by half a unit at most, and never the worst.
  return actual == static_cast<float>(exact) ? 0 : kiln::test::units_off(actual, exact);
}

double relatively_off(float actual, double exact) {
  return kiln::test::relatively_off(actual, exact, accuracy::rough::least);
}

template <class Exact, class Accurate, class Rough>
bool check(const char* name,
           Exact exact,
           Accurate accurate,
           double accurate_bound,
           Rough roughly,
           double rough_bound) {
  tier first{"accurate", accurate_bound, units_off};
  tier second{"rough", rough_bound, relatively_off};
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += simd::lanes) {
    floats x{};
    std::array<double, simd::lanes> y{};
    for (std::size_t i = 0; i < simd::lanes; ++i) {
      x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits + i));
      y[i] = exact(static_cast<double>(x[i]));
    }
    first.add(x, simd::to_array(accurate(simd::from_array(x))), y);
    second.add(x, simd::to_array(roughly(simd::from_array(x))), y);
  }
  const bool good = first.holds(name);
  return second.holds(name) && good;
}

}  // namespace

int main(int argc, char** argv) {
  const auto wanted = [&](std::string_view name) { return argc < 2 || name == argv[1]; };
  namespace bound = accuracy::rough;
  bool good = true;
  if (wanted("exp")) {
    good &= check("exp", core::exp, core::exp, accuracy::exp, rough::exp, bound::exp);
  }
  if (wanted("tanh")) {
    good &= check("tanh", core::tanh, core::tanh, accuracy::tanh, rough::tanh, bound::tanh);
  }
  if (wanted("sigmoid")) {
    good &= check(
        "sigmoid", core::sigmoid, core::sigmoid, accuracy::sigmoid, rough::sigmoid, bound::sigmoid);
  }
  if (wanted("erf")) {
    good &= check("erf", core::erf, core::erf, accuracy::erf, rough::erf, bound::erf);
  }
  return good ? 0 : 1;
}
