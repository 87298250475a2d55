// SPDX-License-Identifier: MIT
// The meaning of every elementwise operator on packs against the oracle: each lane lies in the
// interval that the operator's own formula allows, special values included.
#include <kiln/op/quotient.hpp>
#include <kiln/op/registry.hpp>
#include <kiln/reference/interval.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/math.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>
#include <utility>
#include <vector>

namespace {

using kiln::op::category;
using kiln::reference::interval;
using kiln::simd::pack;

constexpr auto lanes = static_cast<std::size_t>(kiln::simd::lanes);

// Where formulas break: zeros, the ends of the range, denormals, infinities, NaN, branch points.
const std::vector<float> special = {0.0F,
                                    -0.0F,
                                    0.5F,
                                    -0.5F,
                                    1.0F,
                                    -1.0F,
                                    2.5F,
                                    -2.5F,
                                    20.0F,
                                    -20.0F,
                                    88.0F,
                                    -88.0F,
                                    104.0F,
                                    -104.0F,
                                    0x1p-126F,
                                    0x1p-149F,
                                    1e-20F,
                                    8388609.0F,
                                    3e38F,
                                    -3e38F,
                                    std::numeric_limits<float>::infinity(),
                                    -std::numeric_limits<float>::infinity(),
                                    std::numeric_limits<float>::quiet_NaN()};

template <class Op>
using operands_of = std::array<std::array<float, lanes>, static_cast<std::size_t>(Op::arity)>;

// What passes promise of the operands: a quotient is given the divisor's reciprocal, and takes the
// smallest numbers, which no round tells from zero, as zero.
template <class Op>
operands_of<Op> promised(operands_of<Op> x) {
  if constexpr (std::same_as<Op, kiln::op::quotient_op>) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (std::fabs(x[0][lane]) < 0x1p-102F) x[0][lane] = 0;
      x[2][lane] = 1 / x[1][lane];
    }
  }
  return x;
}

template <class Op>
void check_lanes(const operands_of<Op>& given) {
  constexpr auto arity = static_cast<std::size_t>(Op::arity);
  const operands_of<Op> x = promised<Op>(given);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::array<float, lanes> found{};
    kiln::simd::store(
        found.data(),
        Op::template apply<pack>(kiln::simd::load(x[I].data(), kiln::simd::all_lanes{})...),
        kiln::simd::all_lanes{});
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const interval oracle =
          Op::template apply<interval>(interval(static_cast<double>(x[I][lane]))...);
      const double used =
          kiln::test::used_bound(oracle.value, static_cast<double>(found[lane]), oracle.bound());
      if (used <= 1) continue;  // a CHECK a lane would take most of the time
      INFO(Op::name, " of ", x[0][lane], " ", arity > 1 ? x[arity - 1][lane] : 0.0F);
      INFO("oracle ", oracle.value, " +- ", oracle.bound(), ", found ", found[lane]);
      CHECK(used <= 1);
    }
  }
  (std::make_index_sequence<arity>{});
}

template <class Op>
void check_random() {
  kiln::test::random_source random(static_cast<std::uint64_t>(Op::arity));
  for (int round = 0; round < 2000; ++round) {
    operands_of<Op> x{};
    const float size = round % 3 == 0 ? 1.0F : round % 3 == 1 ? 6.0F : 100.0F;
    for (auto& operand : x) {
      for (float& v : operand) v = random.between(-size, size);
    }
    check_lanes<Op>(x);
  }
  CHECK(Op::arity > 0);
}

// Every special value as first operand, with every special value in the others.
template <class Op>
void check_special() {
  operands_of<Op> x{};
  for (std::size_t a = 0; a < special.size(); ++a) {
    for (std::size_t first = 0; first < special.size(); first += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        x[0][lane] = special[(first + lane) % special.size()];
        for (std::size_t i = 1; i < x.size(); ++i) {
          x[i][lane] = special[(a * (2 * i - 1) + i - 1) % special.size()];
        }
      }
      check_lanes<Op>(x);
    }
  }
}

template <class... Ops, class F>
void for_each_elementwise(kiln::core::list<Ops...>, F f) {
  const auto call = [&]<class Op>(Op* op) {
    if constexpr (Op::group == category::elementwise && Op::arity > 0) f(op);
  };
  (call(static_cast<Ops*>(nullptr)), ...);
}

TEST_CASE("elementwise: packs stay within the oracle's bound on random operands") {
  for_each_elementwise(kiln::op::registry{}, []<class Op>(Op*) { check_random<Op>(); });
}

TEST_CASE("elementwise: packs agree with the oracle on special values") {
  for_each_elementwise(kiln::op::registry{}, []<class Op>(Op*) { check_special<Op>(); });
}

}  // namespace
