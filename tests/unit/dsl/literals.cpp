// SPDX-License-Identifier: MIT
// Literals for extents and bytes.
#include <kiln/dsl/literals.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;

static_assert(decltype(512_c)::value == 512);
static_assert(64_KiB == 65536 && 2_MiB == 2097152);

TEST_CASE("bytes are numbers") { CHECK(1_MiB == 1024 * 1_KiB); }

}  // namespace
