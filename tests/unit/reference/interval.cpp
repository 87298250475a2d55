// SPDX-License-Identifier: MIT
// Tests of reference/interval.hpp.
#include <kiln/reference/interval.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>
#include <utility>

namespace {

using kiln::op::category;
using kiln::reference::interval;
using kiln::test::used_bound;

const double nan = std::numeric_limits<double>::quiet_NaN();
const double inf = std::numeric_limits<double>::infinity();

TEST_CASE("interval: exact numbers stay exact where nothing rounds") {
  CHECK((-interval(2.5)).bound() == 0);
  CHECK(abs(interval(-2.5)).bound() == 0);
  CHECK(max(interval(1.0), interval(2.0)).bound() == 0);
  CHECK(floor(interval(2.5)).value == 2.0);
  CHECK(round(interval(2.5)).value == 2.0);
}

TEST_CASE("interval: one operation adds one rounding") {
  const interval sum = interval(1.0) + interval(2.0);
  CHECK(sum.value == 3.0);
  CHECK(sum.bound() == doctest::Approx(3 * 0x1p-24).epsilon(1e-6));
  const interval product = interval::around(2.0, 0.5) * interval(3.0);
  CHECK(product.bound() == doctest::Approx(1.5).epsilon(1e-6));
}

TEST_CASE("interval: NaN is certain, possible or excluded") {
  CHECK((interval(inf) - interval(inf)).is_nan());
  CHECK((interval(inf) - interval(inf)).bound() == 0);
  CHECK((interval(nan) + interval(1.0)).is_nan());
  CHECK(sqrt(interval(-1.0)).is_nan());
  CHECK(sqrt(interval::around(0.0, 1e-9)).maybe_nan);
  CHECK_FALSE(sqrt(interval::around(1.0, 1e-9)).maybe_nan);
  CHECK(std::isinf(sqrt(interval::around(0.0, 1e-9)).bound()));
  CHECK(max(interval(nan), interval(1.0)).is_nan());
  CHECK(max_or_second(interval(nan), interval(1.0)).value == 1.0);
  CHECK(max_or_second(interval(1.0), interval(nan)).is_nan());
}

TEST_CASE("interval: infinities that arrive are certain, overflow is not") {
  CHECK(exp(interval(inf)).bound() == 0);
  CHECK((interval(inf) * interval(-2.0)).value == -inf);
  CHECK((interval(inf) * interval(-2.0)).bound() == 0);
  const interval large = exp(interval(100.0));
  CHECK(std::isinf(large.bound()));
  CHECK(large.lo <= static_cast<double>(std::numeric_limits<float>::max()));
  const interval back = interval(1.0) / (interval(1.0) + large);  // 1 / inf is 0: still bounded
  CHECK(back.bound() < 1e-37);
}

TEST_CASE("interval: an unsure comparison allows both branches") {
  const interval x = interval::around(0.0, 1e-3);
  const interval step = select(x < interval(0.0), interval(0.0), interval(1.0));
  CHECK(step.lo == 0.0);
  CHECK(step.hi == 1.0);
  const interval clear = select(interval::around(1.0, 1e-3) < interval(0.0), interval(0.0), x);
  CHECK(clear.hi == 1e-3);
  CHECK((interval(nan) < interval(0.0)).sure);
  CHECK_FALSE((interval(nan) < interval(0.0)).value);
  CHECK((interval(nan) != interval(0.0)).value);
  CHECK((interval(1.0) <= interval(1.0)).sure);
}

TEST_CASE("interval: extremes inside the interval are found") {
  CHECK(abs(interval::around(0.5, 1.0)).lo == 0.0);
  CHECK(gelu(interval::around(-0.75, 0.5)).lo < -0.16997);
  CHECK(pow(interval::around(0.25, 0.5), interval(2.0)).lo <= 0.0);
  CHECK(std::isinf((interval(1.0) / interval::around(0.0, 0.5)).bound()));
  CHECK(std::isinf(pow(interval::around(-2.0, 0.5), interval(0.5)).bound()));
}

TEST_CASE("interval: numbers that floats cannot hold are rounded") {
  CHECK(interval::number(0.5).bound() == 0);
  const interval tenth = interval::number(0.1);
  CHECK(tenth.lo <= static_cast<double>(0.1F));
  CHECK(tenth.hi >= static_cast<double>(0.1F));
}

// Every operator in f32, on operands anywhere in their intervals, stays in the interval of the
// result; and the interval is not so wide that the check says nothing.
template <class Op>
void check_sound(kiln::test::random_source& random) {
  constexpr auto arity = static_cast<std::size_t>(Op::arity);
  std::array<interval, arity> operands{};
  std::array<float, arity> moved{};
  for (std::size_t i = 0; i < arity; ++i) {
    const double x = static_cast<double>(random.between(-3, 3));
    const double bound = random.one_in(2) ? 0 : 1e-6 * static_cast<double>(random.between(0, 1));
    operands[i] = interval::around(x, bound);
    moved[i] = static_cast<float>(x + bound * static_cast<double>(random.between(-1, 1)));
    if (static_cast<double>(moved[i]) > x + bound || static_cast<double>(moved[i]) < x - bound) {
      moved[i] = static_cast<float>(x);
    }
  }
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const interval oracle = Op::template apply<interval>(operands[I]...);
    const double exact = Op::template apply<double>(operands[I].value...);
    const double single = static_cast<double>(Op::template apply<float>(moved[I]...));
    INFO(Op::name, " of ", operands[0].value, ": ", oracle.value, " +- ", oracle.bound());
    CHECK((oracle.value == exact || (std::isnan(oracle.value) && std::isnan(exact))));
    CHECK(used_bound(oracle.value, single, oracle.bound()) <= 1);
  }
  (std::make_index_sequence<arity>{});
}

template <class... Ops>
void check_all(kiln::core::list<Ops...>) {
  const auto check = []<class Op>(Op*) {
    if constexpr (Op::group == category::elementwise && Op::arity > 0) {
      kiln::test::random_source random(Op::arity);
      for (int i = 0; i < 500; ++i) check_sound<Op>(random);
    }
  };
  (check(static_cast<Ops*>(nullptr)), ...);
}

TEST_CASE("interval: every elementwise operator in f32 stays inside") {
  check_all(kiln::op::registry{});
}

}  // namespace
