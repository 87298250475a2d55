// SPDX-License-Identifier: MIT
// Tests of operators, comparisons, extrema with NaN, roundings and reductions.
#include <kiln/core/math.hpp>
#include <kiln/simd/accuracy.hpp>
#include <kiln/simd/arithmetic.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <support/sweep.hpp>

namespace core = kiln::core;
namespace simd = kiln::simd;
using kiln::test::lane;
using kiln::test::sweep;
using simd::lanes;
using simd::pack;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

bool holds(simd::lane_mask m) { return simd::all(m); }

// Different in each lane, so that a wrong order is seen.
std::array<float, lanes> ramp(float first, float step) {
  std::array<float, lanes> x{};
  for (std::size_t i = 0; i < lanes; ++i) x[i] = first + step * static_cast<float>(i);
  return x;
}

template <class T>
T leaky(const T& x) {
  return core::select(x < T(0), T(0.1) * x, x);
}

}  // namespace

TEST_CASE("operators work lane by lane") {
  const auto a = ramp(-3.0F, 0.75F);
  const auto b = ramp(2.0F, -0.3F);
  const pack x = simd::from_array(a);
  const pack y = simd::from_array(b);
  const auto sum = simd::to_array(x + y);
  const auto difference = simd::to_array(x - y);
  const auto product = simd::to_array(2 * x * y);
  const auto quotient = simd::to_array(x / y);
  const auto opposite = simd::to_array(-x);
  for (std::size_t i = 0; i < lanes; ++i) {
    CHECK(sum[i] == a[i] + b[i]);
    CHECK(difference[i] == a[i] - b[i]);
    CHECK(product[i] == 2 * a[i] * b[i]);
    CHECK(quotient[i] == a[i] / b[i]);
    CHECK(opposite[i] == -a[i]);
  }
  pack z = x;
  z += y;
  z -= 1;
  z *= 2;
  z /= 4;
  for (std::size_t i = 0; i < lanes; ++i) {
    CHECK(simd::to_array(z)[i] == ((a[i] + b[i]) - 1) * 2 / 4);
  }
}

TEST_CASE("a product is rounded before it is added, fma is not") {
  volatile float e = 0x1p-12F;  // volatile: the compiler shall not compute this
  const pack a = pack(1 + e);
  const pack rounded = pack(1 + 2 * e);  // the square has 2^-24 more
  constexpr float rest = simd::native::fuses ? 0x1p-24F : 0.0F;
  CHECK(lane(a * a - rounded) == 0.0F);
  CHECK(lane(a * a + -rounded) == 0.0F);
  CHECK(lane(simd::fma(a, a, -rounded)) == rest);
  CHECK(lane(simd::fnma(a, a, rounded)) == -rest);
#if defined(__FMA__)
  CHECK(simd::native::fuses);
#endif
}

TEST_CASE("comparisons of all kinds of numbers") {
  for (const float a : {-1.0F, 0.0F, -0.0F, 2.0F, infinity, -infinity, not_a_number}) {
    for (const float b : {-1.0F, 0.0F, 2.0F, infinity, -infinity, not_a_number}) {
      CAPTURE(a);
      CAPTURE(b);
      const pack x(a);
      const pack y(b);
      CHECK(holds(x < y) == (a < b));
      CHECK(holds(x <= y) == (a <= b));
      CHECK(holds(x > y) == (a > b));
      CHECK(holds(x >= y) == (a >= b));
      CHECK(holds(x == y) == (a == b));
      CHECK(holds(x != y) == (a != b));
      CHECK(holds(!(x < y)) == !(a < b));
      CHECK(simd::any(x < y) == (a < b));
      CHECK(holds((x < y) & (x == x)) == (a < b && a == a));
      CHECK(holds((x < y) | (x == x)) == (a < b || a == a));
      CHECK(lane(simd::select(x < y, pack(1), pack(2))) == (a < b ? 1.0F : 2.0F));
    }
  }
}

TEST_CASE("selection by lane and by tail") {
  const auto numbers = ramp(0.0F, 1.0F);
  for (std::size_t n = 0; n <= lanes; ++n) {
    const pack x = simd::from_array(numbers);
    const auto by_value = simd::to_array(simd::select(x < pack(n), x, pack(-1)));
    const auto by_tail = simd::to_array(simd::select(simd::first(n), x, pack(-1)));
    for (std::size_t i = 0; i < lanes; ++i) {
      CHECK(by_value[i] == (i < n ? numbers[i] : -1.0F));
      CHECK(by_tail[i] == by_value[i]);
    }
    CHECK(simd::any(x < pack(n)) == (n > 0));
    CHECK(simd::all(x < pack(n)) == (n == lanes));
  }
  CHECK(lane(simd::select(simd::all_lanes{}, pack(1), pack(2))) == 1.0F);
}

TEST_CASE("extrema with NaN") {
  for (const float a : {-1.0F, 2.0F, infinity, -infinity, not_a_number}) {
    for (const float b : {-1.0F, 2.0F, infinity, -infinity, not_a_number}) {
      CAPTURE(a);
      CAPTURE(b);
      const float most = lane(simd::max(a, b));
      const float least = lane(simd::min(a, b));
      if (std::isnan(a) || std::isnan(b)) {
        CHECK(std::isnan(most));
        CHECK(std::isnan(least));
        const float second = lane(simd::max_or_second(a, b));
        CHECK(std::bit_cast<std::uint32_t>(second) == std::bit_cast<std::uint32_t>(b));
        const float other = lane(simd::min_or_second(a, b));
        CHECK(std::bit_cast<std::uint32_t>(other) == std::bit_cast<std::uint32_t>(b));
      } else {
        CHECK(most == (a < b ? b : a));
        CHECK(least == (b < a ? b : a));
        CHECK(lane(simd::max_or_second(a, b)) == most);
        CHECK(lane(simd::min_or_second(a, b)) == least);
      }
    }
  }
}

TEST_CASE("roundings and signs of every float") {
  CHECK(sweep([](pack x) { return simd::abs(x); }, [](double x) { return std::fabs(x); }).worst
        == 0);
  CHECK(sweep([](pack x) { return -x; }, [](double x) { return -x; }).worst == 0);
  CHECK(sweep([](pack x) { return simd::floor(x); }, [](double x) { return std::floor(x); }).worst
        == 0);
  CHECK(sweep([](pack x) { return simd::ceil(x); }, [](double x) { return std::ceil(x); }).worst
        == 0);
  CHECK(sweep([](pack x) { return simd::trunc(x); }, [](double x) { return std::trunc(x); }).worst
        == 0);
  CHECK(
      sweep([](pack x) { return simd::round(x); }, [](double x) { return std::nearbyint(x); }).worst
      == 0);
  CHECK(sweep([](pack x) { return simd::sqrt(x); }, [](double x) { return std::sqrt(x); }).worst
        <= 0.5);
  CHECK(sweep([](pack x) { return simd::reciprocal(x); }, [](double x) { return 1 / x; }).worst
        <= 0.5);
  CHECK(
      sweep([](pack x) { return simd::rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); }).worst
      <= simd::accuracy::rsqrt);
  for (const float half : {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 8388607.5F, 0.49999997F, -8388607.5F}) {
    CHECK(lane(simd::round(half)) == std::nearbyint(half));
    CHECK(lane(simd::floor(half)) == std::floor(half));
    CHECK(lane(simd::ceil(half)) == std::ceil(half));
    CHECK(lane(simd::trunc(half)) == std::trunc(half));
  }
  CHECK(lane(simd::copysign(pack(2), pack(-0.0F))) == -2.0F);
  CHECK(lane(simd::copysign(pack(-2), pack(1))) == 2.0F);
}

TEST_CASE("integers") {
  using simd::int_pack;
  const auto lane_of = [](int_pack x) {
    std::array<std::int32_t, lanes> all{};
    simd::store(all.data(), x);
    return all[lanes - 1];
  };
  const int_pack a(-12);
  const int_pack b(5);
  CHECK(lane_of(a + b) == -7);
  CHECK(lane_of(a - b) == -17);
  CHECK(lane_of(a * b) == -60);
  CHECK(lane_of(a & b) == (-12 & 5));
  CHECK(lane_of(a | b) == (-12 | 5));
  CHECK(lane_of(a ^ b) == (-12 ^ 5));
  CHECK(lane_of(simd::shift_left<3>(b)) == 40);
  CHECK(lane_of(simd::shift_right<2>(a)) == -3);
  CHECK(lane_of(simd::shift_right_logical<28>(a)) == 15);
  CHECK(lane_of(int_pack(INT32_MAX) + int_pack(1)) == INT32_MIN);
  CHECK(holds(a < b));
  CHECK(holds(!(b < a)));
  CHECK(holds(a == int_pack(-12)));
  CHECK(lane_of(simd::select(pack(1) < pack(2), a, b)) == -12);
  CHECK(lane_of(simd::as_int(pack(1))) == 0x3f800000);
  CHECK(lane(simd::as_float(int_pack(0x40000000))) == 2.0F);
  CHECK(lane(simd::to_float(a)) == -12.0F);
  CHECK(lane_of(simd::to_int(pack(2.5F))) == 2);
  CHECK(lane_of(simd::to_int(pack(-3.5F))) == -4);
  CHECK(lane_of(simd::to_int(pack(3e9F))) == INT32_MIN);
  CHECK(lane_of(simd::to_int(pack(not_a_number))) == INT32_MIN);
}

TEST_CASE("reductions combine halves in a fixed order") {
  const auto x = ramp(0.1F, 0.37F);
  // The documented tree, in scalars.
  const auto tree = [x](auto combine) {
    auto value = x;
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) value[i] = combine(value[i], value[i + half]);
    }
    return value[0];
  };
  const pack p = simd::from_array(x);
  CHECK(simd::reduce_add(p) == tree([](float a, float b) { return a + b; }));
  CHECK(simd::reduce_mul(p) == tree([](float a, float b) { return a * b; }));
  CHECK(simd::reduce_max(p) == x[lanes - 1]);
  CHECK(simd::reduce_min(p) == x[0]);
  for (std::size_t i = 0; i < lanes; ++i) {
    auto broken = x;
    broken[i] = not_a_number;
    CHECK(std::isnan(simd::reduce_max(simd::from_array(broken))));
    CHECK(std::isnan(simd::reduce_min(simd::from_array(broken))));
  }
}

TEST_CASE("reductions of many packs at once have the bits of each by itself") {
  pack x[lanes];
  for (std::size_t r = 0; r < lanes; ++r) {
    x[r] = simd::from_array(ramp(0.1F + 0.77F * static_cast<float>(r), 0.37F));
  }
  const auto plus = [](pack a, pack b) KILN_INLINE_LAMBDA { return a + b; };
  const auto sums = simd::to_array(simd::reduce_each(x, plus));
  for (std::size_t r = 0; r < lanes; ++r) CHECK(sums[r] == simd::reduce_add(x[r]));
  // Which operand comes first is the same too.
  const auto minus = [](pack a, pack b) KILN_INLINE_LAMBDA { return a - b; };
  const auto differences = simd::to_array(simd::reduce_each(x, minus));
  for (std::size_t r = 0; r < lanes; ++r) {
    const float one = simd::native::reduce(
        x[r].raw, [&](simd::native::f32 a, simd::native::f32 b) KILN_INLINE_LAMBDA {
          return minus(pack::wrap(a), pack::wrap(b)).raw;
        });
    CHECK(differences[r] == one);
  }
}

TEST_CASE("one body means scalars and packs") {
  for (const float x : {-4.0F, 3.0F}) CHECK(lane(leaky(pack(x))) == leaky(x));
  CHECK(lane(core::max_or_second(pack(0), pack(-2))) == 0.0F);
  CHECK(std::isnan(lane(core::max(pack(not_a_number), pack(1)))));
  CHECK(lane(core::round(pack(2.5F))) == 2.0F);
  CHECK(lane(core::rsqrt(pack(4))) == 0.5F);
  CHECK(lane(core::fma(pack(2), pack(3), pack(4))) == 10.0F);
}
