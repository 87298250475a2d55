// SPDX-License-Identifier: MIT
// The version's text and its numbers agree, and the build system read the same.
#include <kiln/version.hpp>

#include <doctest/doctest.h>

#include <string>

static_assert(!kiln::version.empty());

TEST_CASE("the version's text is made of its numbers") {
  const auto text = std::to_string(kiln::version_major) + "." + std::to_string(kiln::version_minor)
                    + "." + std::to_string(kiln::version_patch);
  CHECK(kiln::version == text);
  CHECK(kiln::version == KILN_PROJECT_VERSION);
}
