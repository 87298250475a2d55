// SPDX-License-Identifier: MIT
// Tests of the macros: they can stand where they shall, and the instruction set is one.
#include <kiln/core/config.hpp>

#include <doctest/doctest.h>

static_assert(KILN_ISA_SCALAR + KILN_ISA_PORTABLE + KILN_ISA_AVX2 + KILN_ISA_AVX512 == 1);

namespace {

KILN_INLINE int twice(int x) { return 2 * x; }

[[maybe_unused]] KILN_NOINLINE int thrice(int x) { return 3 * x; }

// A condition that holds may stand in a constant expression.
constexpr int positive(int x) {
  KILN_ASSERT(x > 0);
  return x;
}
static_assert(positive(3) == 3);

}  // namespace

TEST_CASE("the attributes can stand where the library puts them") {
  const auto once = [](int x) KILN_INLINE_LAMBDA { return x; };
  int value = 4;
  int* KILN_RESTRICT p = &value;
  CHECK(twice(*p) == 8);
  CHECK(thrice(*p) == 12);
  CHECK(once(*p) == 4);
}

TEST_CASE("an assertion evaluates its condition in debug builds only") {
  int evaluated = 0;
  KILN_ASSERT(++evaluated > 0);
#if defined(NDEBUG)
  CHECK(evaluated == 0);
#else
  CHECK(evaluated == 1);
#endif
}

TEST_CASE("exceptions are seen where they are on") {
#if KILN_EXCEPTIONS
  CHECK_THROWS(throw 1);
#else
  CHECK(KILN_EXCEPTIONS == 0);
#endif
}
