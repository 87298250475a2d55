// SPDX-License-Identifier: MIT
// What machines offer: real ones, and such that lack a single thing.
#include <kiln/dispatch/isa.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace dispatch = kiln::dispatch;
namespace simd = kiln::simd;
using dispatch::isa;

static_assert(dispatch::isa_named("avx512_vnni") == isa::avx512_vnni);
static_assert(dispatch::isa_named("avx9") == std::nullopt);
static_assert(dispatch::isa_named("") == std::nullopt);
static_assert(dispatch::isa_named(dispatch::name_of(isa::any)) == isa::any);

namespace {

constexpr isa best_of(const simd::processor& p) {
  isa best = isa::any;
  for (const isa i : dispatch::every_isa) {
    if (dispatch::offers(p, i)) best = i;
  }
  return best;
}

// As these processors answer under Linux.
constexpr simd::processor nehalem{.leaf1_c = 0x0098e3bd, .extended_c = 0x1};
constexpr simd::processor haswell{
    .leaf1_c = 0x7ffafbff, .leaf7_b = 0x000027ab, .extended_c = 0x21, .saved = 0x7};
constexpr simd::processor alder_lake{.leaf1_c = 0x7ffafbff,
                                     .leaf7_b = 0x239ca7eb,
                                     .leaf7_c = 0x98c007ac,
                                     .leaf7_d = 0xfc184410,
                                     .leaf7_1_a = 0x00400810,
                                     .extended_c = 0x121,
                                     .saved = 0x207};
constexpr simd::processor skylake_server{
    .leaf1_c = 0x7ffefbff, .leaf7_b = 0xd39ffffb, .extended_c = 0x121, .saved = 0xe7};
constexpr simd::processor zen_4{.leaf1_c = 0x7efa320b,
                                .leaf7_b = 0xf1bf97a9,
                                .leaf7_c = 0x00405fce,
                                .leaf7_d = 0x10000010,
                                .leaf7_1_a = 0x00000020,
                                .extended_c = 0x75c237ff,
                                .saved = 0xe7};
constexpr simd::processor sapphire_rapids{.leaf1_c = 0x7ffefbff,
                                          .leaf7_b = 0xf3bfbfef,
                                          .leaf7_c = 0xfb417fee,
                                          .leaf7_d = 0xffdd4432,
                                          .leaf7_1_a = 0x00001c30,
                                          .extended_c = 0x121,
                                          .saved = 0x600e7};

static_assert(best_of({}) == isa::any);
static_assert(best_of(nehalem) == isa::sse4);
static_assert(best_of(haswell) == isa::avx2);
static_assert(best_of(alder_lake) == isa::avx2_vnni);
static_assert(best_of(skylake_server) == isa::avx512);
static_assert(!dispatch::offers(skylake_server, isa::avx2_vnni));
static_assert(best_of(zen_4) == isa::avx512_bf16);
static_assert(!dispatch::offers(zen_4, isa::avx2_vnni));
static_assert(best_of(sapphire_rapids) == isa::amx);

// A system that does not save what the processor has.
constexpr simd::processor saving(simd::processor p, std::uint32_t saved) {
  p.saved = saved;
  return p;
}
static_assert(best_of(saving(sapphire_rapids, 0xe7)) == isa::avx512_bf16);
static_assert(best_of(saving(sapphire_rapids, 0x200e7)) == isa::avx512_bf16);
static_assert(best_of(saving(sapphire_rapids, 0x7)) == isa::avx2_vnni);
static_assert(best_of(saving(sapphire_rapids, 0x67)) == isa::avx2_vnni);
static_assert(best_of(saving(haswell, 0x3)) == isa::sse4);
static_assert(best_of(saving(haswell, 0)) == isa::sse4);

}  // namespace

TEST_CASE("an instruction set is offered only with every bit that it needs") {
  for (const isa i : dispatch::every_isa) {
    CAPTURE(dispatch::name_of(i));
    const simd::processor all = dispatch::detail::needs_of(i).bits;
    CHECK(dispatch::offers(all, i));
    for (auto word : {&simd::processor::leaf1_c,
                      &simd::processor::leaf7_b,
                      &simd::processor::leaf7_c,
                      &simd::processor::leaf7_d,
                      &simd::processor::leaf7_1_a,
                      &simd::processor::extended_c,
                      &simd::processor::saved}) {
      for (int bit = 0; bit < 32; ++bit) {
        simd::processor p = all;
        p.*word &= ~(std::uint32_t{1} << bit);
        CHECK(dispatch::offers(p, i) == (p == all));
      }
    }
  }
}

TEST_CASE("this machine offers what this test is compiled for") {
  const std::optional<isa> own = dispatch::isa_named(KILN_ISA_NAME);
  if (own) CHECK(dispatch::offers(simd::this_processor(), *own));
}
