// SPDX-License-Identifier: MIT
// Arguments of a run against each other: equal dynamic extents, memory of their own.
#include <kiln/runtime/arguments.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"

using support::layer;
using support::two;
using support::wide;

static_assert(std::is_trivially_copyable_v<two::arguments>);

TEST_CASE("views come in any order") {
  std::vector<float> a(24), b(24), sum(24), positive(24);
  const two::arguments args{
      two::view<"positive">(positive), two::view<"b">(b), two::view<"sum">(sum), two::view<"a">(a)};
  CHECK(static_cast<void*>(args.inputs()[0].data) == a.data());
  CHECK(static_cast<void*>(args.inputs()[1].data) == b.data());
  CHECK(static_cast<void*>(args.outputs()[0].data) == sum.data());
  CHECK(static_cast<void*>(args.outputs()[1].data) == positive.data());
}

TEST_CASE("dynamic extents agree over all views") {
  std::vector<float> x(15), y(25), longer(30);
  const layer::arguments args{layer::view<"x">(x), layer::view<"y">(y)};
  CHECK(args.symbols()[0] == 5);
  CHECK_THROWS_WITH_AS((layer::arguments{layer::view<"x">(x), layer::view<"y">(longer)}),
                       "output 'y': expected batch = 5 as in input 'x', actual batch = 6",
                       kiln::error);
  CHECK_THROWS_WITH_AS((layer::arguments{layer::view<"y">(longer), layer::view<"x">(x)}),
                       "input 'x': expected batch = 6 as in output 'y', actual batch = 5",
                       kiln::error);
  std::vector<kiln::core::bf16> in(12), out(12);
  CHECK_THROWS_WITH_AS((wide::arguments{wide::view<"x">(in, kiln::size<"rows">(3)),
                                        wide::view<"y">(out, kiln::size<"rows">(2))}),
                       "output 'y': expected rows = 3 as in input 'x', actual rows = 2",
                       kiln::error);
}

TEST_CASE("an output has memory of its own") {
  std::vector<float> memory(200);
  const auto part = [&](std::size_t first) { return std::span{memory}.subspan(first, 24); };
  const auto make = [&](std::size_t a, std::size_t b, std::size_t sum, std::size_t positive) {
    two::arguments{two::view<"a">(part(a)),
                   two::view<"b">(part(b)),
                   two::view<"sum">(part(sum)),
                   two::view<"positive">(part(positive))};
  };
  CHECK_NOTHROW(make(0, 24, 48, 72));
  CHECK_NOTHROW(make(0, 0, 24, 48));   // inputs may be the same
  CHECK_NOTHROW(make(0, 12, 48, 72));  // or overlap
  CHECK_THROWS_WITH_AS(make(0, 24, 0, 72),
                       "output 'sum': expected memory of its own, actual overlaps input 'a'",
                       kiln::error);
  CHECK_THROWS_WITH_AS(make(0, 24, 47, 100),
                       "output 'sum': expected memory of its own, actual overlaps input 'b'",
                       kiln::error);
  CHECK_THROWS_WITH_AS(
      make(0, 24, 48, 71),
      "output 'sum': expected memory of its own, actual overlaps output 'positive'",
      kiln::error);
  CHECK_THROWS_WITH_AS(make(50, 80, 120, 27),
                       "output 'positive': expected memory of its own, actual overlaps input 'a'",
                       kiln::error);
}

TEST_CASE("column blocks of one matrix do not overlap") {
  std::vector<float> matrix(4 * 24);
  const auto block = [&](std::size_t column) { return kiln::rows(matrix.data() + column, 4, 24); };
  const auto make = [&](std::size_t sum, std::size_t positive) {
    two::arguments{two::view<"a">(block(0)),
                   two::view<"b">(block(6)),
                   two::view<"sum">(block(sum)),
                   two::view<"positive">(block(positive))};
  };
  CHECK_NOTHROW(make(12, 18));
  CHECK_NOTHROW(make(18, 12));
  CHECK_THROWS_AS(make(11, 18), kiln::error);
  CHECK_THROWS_AS(make(12, 17), kiln::error);
}

TEST_CASE("arguments keep away from the memory of a context") {
  alignas(64) float memory[96] = {};
  std::vector<float> a(24), b(24), sum(24);
  const kiln::runtime::own_memory scratch{std::as_bytes(std::span{memory}.first(48)), {}};
  const kiln::runtime::own_memory packed{{}, std::as_bytes(std::span{memory}.first(48))};
  const auto make = [&](const kiln::runtime::own_memory& own, float* in, float* positive) {
    two::arguments{own,
                   two::view<"a">(in),
                   two::view<"b">(b),
                   two::view<"sum">(sum),
                   two::view<"positive">(positive)};
  };
  CHECK_NOTHROW(make(scratch, a.data(), memory + 48));
  CHECK_THROWS_WITH_AS(make(scratch, a.data(), memory + 47),
                       "output 'positive': expected memory of its own, actual overlaps the scratch",
                       kiln::error);
  CHECK_THROWS_WITH_AS(make(scratch, memory, memory + 48),
                       "input 'a': expected memory of its own, actual overlaps the scratch",
                       kiln::error);
  CHECK_THROWS_WITH_AS(
      make(packed, a.data(), memory),
      "output 'positive': expected memory of its own, actual overlaps the packed weights",
      kiln::error);
  CHECK_NOTHROW(make(packed, memory, memory + 48));  // reading packed weights harms nobody
}
