// SPDX-License-Identifier: MIT
// Tests that the target's numbers fit the compiler's flags.
#include <kiln/core/target.hpp>

#include <doctest/doctest.h>

namespace core = kiln::core;

static_assert(core::name_of(core::isa::scalar) == "scalar");
static_assert(core::name_of(core::isa::portable) == "portable");
static_assert(core::name_of(core::isa::avx2) == "avx2");
static_assert(core::name_of(core::isa::avx512) == "avx512");

static_assert(core::native.isa != core::isa::scalar || core::native.lanes == 1);
static_assert(core::native.isa != core::isa::avx2 || core::native.lanes == 8);
static_assert(core::native.isa != core::isa::avx512
              || (core::native.lanes == 16 && core::native.registers == 32));
static_assert(core::native.registers >= 16);
// Instructions for short numbers come with vectors; a matrix unit makes the one for pairs slow.
static_assert(core::native.isa != core::isa::scalar || !core::native.byte_dot);
static_assert(core::native.isa == core::isa::avx512 || !core::native.pair_dot);
static_assert(core::native.isa == core::isa::avx512 || !core::native.tiles);
static_assert(!core::native.pair_dot || !core::native.tiles);

namespace {

// Plans are made for machines that are values.
constexpr core::target with_larger_cache() {
  core::target t = core::native;
  t.l2_bytes = 4 * core::common_l2_bytes;
  return t;
}
static_assert(with_larger_cache() != core::native
              && with_larger_cache().lanes == core::native.lanes);

}  // namespace

TEST_CASE("the instruction set is the one that the compiler was told") {
#if defined(KILN_SCALAR)
  CHECK(core::native.isa == core::isa::scalar);
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) \
    && defined(__AVX512VL__)
  CHECK(core::native.isa == core::isa::avx512);
#elif defined(__AVX2__) && defined(__FMA__)
  CHECK(core::native.isa == core::isa::avx2);
#else
  CHECK(core::native.isa <= core::isa::portable);
#endif
  CHECK(core::native.l1_bytes < core::native.l2_bytes);
}
