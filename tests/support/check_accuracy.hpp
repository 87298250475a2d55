// SPDX-License-Identifier: MIT
// Checks a function on packs against its published error.
#pragma once

#include <doctest/doctest.h>

#include <support/sweep.hpp>

namespace kiln::test {

/// Checks a function against its published error: on all exponents, and densely where it is curved.
/// There it must be off by `tightness` of that, so that the bound is not a guess either.
template <class Function, class Exact, class Measure = decltype(&units_off)>
void check_accuracy(Function function,
                    Exact exact,
                    double bound,
                    Measure measure = units_off,
                    double tightness = 0.25) {
  const auto all = sweep(function, exact, 16381, measure);
  CAPTURE(all.at);
  CHECK(all.worst <= bound);
  const auto dense = sweep_interval(function, exact, -9, 9, 100000, measure);
  CAPTURE(dense.at);
  CHECK(dense.worst <= bound);
  CHECK(dense.worst >= tightness * bound);
}

}  // namespace kiln::test
