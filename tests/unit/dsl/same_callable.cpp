// SPDX-License-Identifier: MIT
// When two callables of one type are the same.
#include <kiln/dsl/same_callable.hpp>

#include <doctest/doctest.h>

namespace {

using kiln::dsl::compare_callables;
using kiln::dsl::sameness;

struct comparable {
  float factor;
  int note;
  constexpr float operator()(float a) const { return a * factor; }
  constexpr bool operator==(const comparable& other) const { return factor == other.factor; }
};
constexpr auto by_value(float s) {
  return [s](float a) { return a * s; };
}
constexpr auto padded(char c, double s) {
  return [c, s](float a) { return a * static_cast<float>(s) + static_cast<float>(c); };
}
constexpr auto by_pointer(const float* s) {
  return [s](float a, float b) { return a * *s + b; };
}
constexpr auto by_reference(const float& s) {
  return [&s](float a) { return a > s ? s : a; };
}
constexpr auto empty = [](float a) { return -a; };
constexpr float table[] = {2, 3, 2};
float variable = 1;

static_assert(compare_callables<1>(empty, empty) == sameness::same);
static_assert(compare_callables<1>(comparable{1, 2}, comparable{1, 3}) == sameness::same);
static_assert(compare_callables<1>(comparable{1, 2}, comparable{2, 2}) == sameness::different);
static_assert(compare_callables<1>(by_value(1), by_value(1)) == sameness::same);
static_assert(compare_callables<1>(by_value(1), by_value(2)) == sameness::different);
static_assert(compare_callables<1>(by_value(0.0F), by_value(-0.0F)) == sameness::different);

// Padding bytes have no value and are left out.
static_assert(compare_callables<1>(padded(1, 2), padded(1, 2)) == sameness::same);
static_assert(compare_callables<1>(padded(1, 2), padded(2, 2)) == sameness::different);
static_assert(compare_callables<1>(padded(1, 2), padded(1, 3)) == sameness::different);

// Pointers cannot be read in a constant expression: results are compared instead.
static_assert(compare_callables<2>(by_pointer(&table[0]), by_pointer(&table[0])) == sameness::same);
static_assert(compare_callables<2>(by_pointer(&table[0]), by_pointer(&table[1]))
              == sameness::different);
static_assert(compare_callables<1>(by_reference(table[0]), by_reference(table[1]))
              == sameness::different);
static_assert(compare_callables<2>(by_pointer(&variable), by_pointer(&variable))
              == sameness::unknown);

TEST_CASE("the callables that were compared work") {
  CHECK(by_pointer(&variable)(2, 3) == 5);
  CHECK(by_reference(table[1])(7) == 3);
}

}  // namespace
