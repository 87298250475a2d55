// SPDX-License-Identifier: MIT
// Row programs of every length on guarded memory against f64, within derived bounds.
#include <kiln/kernel/rows.hpp>
#include <kiln/simd/accuracy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace kernel = kiln::kernel;
namespace simd = kiln::simd;
using product_test::guarded;
using product_test::same_bits;

namespace {

constexpr double eps = std::numeric_limits<float>::epsilon();
constexpr double exp_ulp = std::max(simd::accuracy::exp, simd::accuracy::log);
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr std::size_t lanes = simd::lanes;

static_assert(kernel::row_work_elems(0) == 0 && kernel::row_work_elems(1) == lanes);
static_assert(kernel::row_work_elems(lanes) == lanes);

enum class program { softmax, log_softmax, layer_norm, rms_norm };

/// A row with its parameters and results, each on guarded memory.
struct row final {
  explicit row(std::size_t n, std::uint32_t seed = 1, float scale = 4.0F, float offset = 0.0F)
      : elems(n),
        x(n),
        gamma(n),
        beta(n),
        y(n),
        work(kernel::row_work_elems(n)) {
    product_test::random next(seed);
    for (std::size_t i = 0; i < n; ++i) {
      x.data()[i] = next() * scale + offset;
      gamma.data()[i] = next();
      beta.data()[i] = next();
    }
  }

  static auto from(const guarded& a) {
    return [p = a.data()](std::size_t i, auto m)
               KILN_INLINE_LAMBDA { return simd::load(p + i, m); };
  }
  void run(program p) { run(p, from(x)); }
  template <class Load>
  void run(program p, const Load& load) {
    const auto store = [to = y.data()](std::size_t i, simd::pack v, auto m)
                           KILN_INLINE_LAMBDA { simd::store(to + i, v, m); };
    switch (p) {
      case program::softmax:
        return kernel::softmax(elems, load, work.data(), store);
      case program::log_softmax:
        return kernel::log_softmax(elems, load, work.data(), store);
      case program::layer_norm:
        return kernel::layer_norm(
            elems, load, from(gamma), from(beta), epsilon, work.data(), store);
      case program::rms_norm:
        return kernel::rms_norm(elems, load, from(gamma), epsilon, work.data(), store);
    }
  }

  static constexpr float epsilon = 1e-5F;
  std::size_t elems;
  guarded x;
  guarded gamma;
  guarded beta;
  guarded y;
  guarded work;
};

constexpr program all[] = {
    program::softmax, program::log_softmax, program::layer_norm, program::rms_norm};

/// A value in f64 and how far off a result in f32 may be.
struct expected final {
  double value;
  double bound;
};

/// Softmax: each term has exp's error and that of its argument, fl(x - m); the sum has n / (2
/// lanes) roundings a chain. Its logarithm: the same, but of the sum absolute, as d log(s) = ds /
/// s.
std::vector<expected> softmax_of(const row& r, bool logarithm) {
  double most = -infinity;
  for (std::size_t i = 0; i < r.elems; ++i) most = std::max(most, double{r.x.data()[i]});
  double sum = 0;
  double spread = 0;
  for (std::size_t i = 0; i < r.elems; ++i) {
    const double d = r.x.data()[i] - most;
    sum += std::exp(d);
    spread += std::exp(d) * std::abs(d);
  }
  const double of_sum =
      static_cast<double>(r.elems) / static_cast<double>(2 * lanes) + 10 + exp_ulp + spread / sum;
  std::vector<expected> result;
  for (std::size_t i = 0; i < r.elems; ++i) {
    const double d = r.x.data()[i] - most;
    if (logarithm) {
      const double value = d - std::log(sum);
      result.push_back(
          {value, eps * (of_sum + std::abs(d) + std::abs(value) + exp_ulp * std::log(sum))});
    } else {
      const double value = std::exp(d) / sum;
      result.push_back({value, eps * value * (of_sum + exp_ulp + std::abs(d)) + 0x1p-148});
    }
  }
  return result;
}

/// Normalisation: the mean is off by delta, which shifts every difference; the variance is a sum of
/// squares over 4 lanes chains, of which the square root halves the relative error.
std::vector<expected> norm_of(const row& r, bool centred) {
  const auto n = static_cast<double>(r.elems);
  const double roundings = n / static_cast<double>(4 * lanes) + 12;
  double mean = 0;
  double size = 0;
  for (std::size_t i = 0; i < r.elems; ++i) {
    mean += r.x.data()[i] / n;
    size += std::abs(r.x.data()[i]) / n;
  }
  if (!centred) mean = 0;
  const double delta = centred ? roundings * eps * size : 0;
  double variance = 0;
  for (std::size_t i = 0; i < r.elems; ++i)
    variance += (r.x.data()[i] - mean) * (r.x.data()[i] - mean) / n;
  const double scale = 1 / std::sqrt(variance + double{row::epsilon});
  const double of_scale = (roundings / 2 + 6) * eps + delta * delta * scale * scale;
  std::vector<expected> result;
  for (std::size_t i = 0; i < r.elems; ++i) {
    const double gamma = r.gamma.data()[i];
    const double beta = centred ? r.beta.data()[i] : 0;
    const double normal = (r.x.data()[i] - mean) * scale;
    const double bound = std::abs(gamma) * (delta * scale + std::abs(normal) * of_scale);
    result.push_back(
        {normal * gamma + beta, bound + eps * (std::abs(normal * gamma) + std::abs(beta))});
  }
  return result;
}

std::vector<expected> expected_of(const row& r, program p) {
  switch (p) {
    case program::softmax:
    case program::log_softmax:
      return softmax_of(r, p == program::log_softmax);
    case program::layer_norm:
    case program::rms_norm:
      break;
  }
  return norm_of(r, p == program::layer_norm);
}

void check(row& r, program p) {
  CAPTURE(static_cast<int>(p));
  CAPTURE(r.elems);
  r.run(p);
  const auto wanted = expected_of(r, p);
  bool right = true;
  for (std::size_t i = 0; i < r.elems; ++i) {
    right = right && std::abs(r.y.data()[i] - wanted[i].value) <= wanted[i].bound;
  }
  CHECK(right);
}

}  // namespace

TEST_CASE("rows of every length") {
  for (const program p : all) {
    for (std::size_t n = 0; n <= 10 * lanes + 1; ++n) {
      row r(n, static_cast<std::uint32_t>(n));
      check(r, p);
    }
    for (const std::size_t n : {1000U, 4099U}) {
      row r(n, static_cast<std::uint32_t>(n));
      check(r, p);
    }
  }
}

TEST_CASE("scores far apart and far from zero") {
  for (const program p : {program::softmax, program::log_softmax}) {
    for (const float scale : {0.0F, 1e-3F, 60.0F, 1000.0F, 1e30F}) {
      for (const float offset : {0.0F, -500.0F, 3e4F}) {
        row r(2 * lanes + 5, 7, scale, offset);
        check(r, p);
      }
    }
  }
}

TEST_CASE("a mean far from zero costs the variance no digits") {
  for (const float offset : {10.0F, -1e3F, 1e5F}) {
    row r(5 * lanes + 3, 3, 1.0F, offset);
    check(r, program::layer_norm);
    check(r, program::rms_norm);
  }
  row same(3 * lanes + 1, 3, 0.0F, 5.0F);  // variance 0: epsilon alone
  check(same, program::layer_norm);
}

TEST_CASE("scores of -infinity give 0, or -infinity as logarithm") {
  for (std::size_t n = 2; n <= 3 * lanes; n += 5) {
    row r(n);
    for (std::size_t i = 1; i < n; i += 2) r.x.data()[i] = -infinity;
    r.run(program::softmax);
    float total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      CHECK((r.y.data()[i] == 0.0F) == (i % 2 == 1));
      total += r.y.data()[i];
    }
    CHECK(std::abs(total - 1.0F) < 1e-5F);
    r.run(program::log_softmax);
    for (std::size_t i = 0; i < n; ++i) CHECK(std::isinf(r.y.data()[i]) == (i % 2 == 1));
  }
}

TEST_CASE("rows without an answer are not a number throughout") {
  const auto is_nan_throughout = [](row& r, program p) {
    r.run(p);
    return std::all_of(r.y.data(), r.y.data() + r.elems, [](float v) { return std::isnan(v); });
  };
  for (std::size_t n = 1; n <= 5 * lanes; n += lanes / 4 + 1) {
    for (const program p : {program::softmax, program::log_softmax}) {
      row none(n);
      std::fill_n(none.x.data(), n, -infinity);
      CHECK(is_nan_throughout(none, p));
      row large(n);
      large.x.data()[n / 2] = infinity;
      CHECK((is_nan_throughout(large, p) || p == program::log_softmax));
    }
    for (const program p : all) {
      for (const std::size_t at : {std::size_t{0}, n / 2, n - 1}) {
        row r(n);
        r.x.data()[at] = NAN;
        CHECK(is_nan_throughout(r, p));
      }
    }
  }
}

TEST_CASE("one large score takes all") {
  row r(lanes + 3);
  r.x.data()[lanes] = 3e38F;
  r.run(program::softmax);
  for (std::size_t i = 0; i < r.elems; ++i) CHECK(r.y.data()[i] == (i == lanes ? 1.0F : 0.0F));
}

TEST_CASE("a row has the same bits at every address") {
  constexpr std::size_t n = 6 * lanes + 5;
  for (const program p : all) {
    row r(n);
    r.run(p);
    std::vector<float> memory(n + 16);
    for (std::size_t shift = 0; shift < 16; ++shift) {
      std::copy_n(r.x.data(), n, memory.data() + shift);
      row moved(n);
      moved.run(p, [from = memory.data() + shift](std::size_t i, auto m) KILN_INLINE_LAMBDA {
        return simd::load(from + i, m);
      });
      bool same = true;
      for (std::size_t i = 0; i < n; ++i)
        same = same && same_bits(r.y.data()[i], moved.y.data()[i]);
      CHECK(same);
    }
  }
}

TEST_CASE("many rows at a time have the bits of each by itself") {
  constexpr std::size_t rows = 2 * kernel::row_block + 3;
  std::vector<std::size_t> lengths{7 * lanes + 5, 8 * lanes, 9 * lanes};
  for (std::size_t n = 0; n <= 2 * lanes + 1; ++n) lengths.push_back(n);
  for (const std::size_t n : lengths) {
    CAPTURE(n);
    row all_rows(rows * n, 5);
    for (std::size_t i = 0; i < rows * n; i += 7) all_rows.x.data()[i] = -infinity;
    if (n > 3) all_rows.x.data()[2 * n + 1] = NAN;
    if (n > 3) std::fill_n(all_rows.x.data() + (kernel::row_block - 1) * n, n, -infinity);
    guarded work(kernel::row_work_elems(n));
    const auto load = [from = all_rows.x.data(), n](std::size_t r, std::size_t i, auto m)
                          KILN_INLINE_LAMBDA { return simd::load(from + r * n + i, m); };
    const auto store =
        [to = all_rows.y.data(), n](std::size_t r, std::size_t i, simd::pack v, auto m)
            KILN_INLINE_LAMBDA { simd::store(to + r * n + i, v, m); };
    kernel::softmax_rows(rows, n, load, work.data(), store);
    bool same = true;
    for (std::size_t r = 0; r < rows; ++r) {
      row one(n);
      std::copy_n(all_rows.x.data() + r * n, n, one.x.data());
      one.run(program::softmax);
      for (std::size_t i = 0; i < n; ++i) {
        same = same && same_bits(one.y.data()[i], all_rows.y.data()[r * n + i]);
      }
    }
    CHECK(same);
  }
}

TEST_CASE("what a load gives behind the row does not matter") {
  constexpr std::size_t n = 2 * lanes + 1;
  for (const program p : all) {
    row r(n);
    r.run(p);
    row dirty(n);
    dirty.run(p, [&](std::size_t i, auto m) KILN_INLINE_LAMBDA {
      static_cast<void>(m);
      float v[lanes];
      for (std::size_t k = 0; k < lanes; ++k) v[k] = i + k < n ? r.x.data()[i + k] : NAN;
      return simd::load(v);
    });
    for (std::size_t i = 0; i < n; ++i) CHECK(same_bits(r.y.data()[i], dirty.y.data()[i]));
  }
}

TEST_CASE("the row may stand in work") {
  constexpr std::size_t n = 3 * lanes + 2;
  for (const program p : all) {
    row r(n);
    r.run(p);
    row within(n);
    std::copy_n(within.x.data(), n, within.work.data());
    within.run(p, row::from(within.work));
    for (std::size_t i = 0; i < n; ++i) CHECK(same_bits(r.y.data()[i], within.y.data()[i]));
  }
}
