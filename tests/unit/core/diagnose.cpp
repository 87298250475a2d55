// SPDX-License-Identifier: MIT
// Tests kiln/core/diagnose.hpp: what is accepted; what is not is for tests/compile_fail.
#include <kiln/core/diagnose.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

enum class trouble { none, big };
using error = kiln::core::compile_error<trouble::big, kiln::core::where<int>>;

static_assert(kiln::core::accepted<kiln::core::ok>());
static_assert(!error::raised);
// The facts are part of the type: two mistakes are two messages.
static_assert(
    !std::is_same_v<error, kiln::core::compile_error<trouble::big, kiln::core::where<long>>>);

}  // namespace

TEST_CASE("a verdict without a mistake is accepted at run time too") {
  CHECK(kiln::core::accepted<kiln::core::ok>());
}
