// SPDX-License-Identifier: MIT
// The best build that a machine runs, the one that is asked for, and every refusal.
#include <kiln/core/error.hpp>
#include <kiln/dispatch/choose.hpp>
#include <kiln/dispatch/isa.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace dispatch = kiln::dispatch;
using dispatch::build;
using dispatch::isa;
using dispatch::machine;

namespace {

const void* none() { return nullptr; }
constexpr std::array<build, 4> all{
    {{isa::any, &none}, {isa::amx, &none}, {isa::avx2, &none}, {isa::avx512, &none}}};
constexpr std::span<const build> large = std::span(all).subspan(1);

int asked = 0;
bool yes() { return ++asked > 0; }
bool no() { return ++asked < 0; }

/// A machine with everything that an instruction set needs.
machine with(isa i, bool (*tiles)() = &yes) { return {dispatch::detail::needs_of(i).bits, tiles}; }

isa chosen(std::span<const build> builds, const machine& m, std::string_view wish = "") {
  return dispatch::choose("net", builds, m, wish).isa;
}

/// The text of the refusal.
std::string refusal(std::span<const build> builds, const machine& m, std::string_view wish = "") {
  try {
    static_cast<void>(chosen(builds, m, wish));
  } catch (const kiln::error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("without a wish the best build runs that the machine has") {
  CHECK(chosen(all, with(isa::any)) == isa::any);
  CHECK(chosen(all, with(isa::sse4)) == isa::any);
  CHECK(chosen(all, with(isa::avx2)) == isa::avx2);
  CHECK(chosen(all, with(isa::avx512_vnni)) == isa::avx512);
  CHECK(chosen(all, with(isa::amx)) == isa::amx);
}

TEST_CASE("tiles need the system's permission, asked for only where there are tiles") {
  asked = 0;
  CHECK(chosen(all, with(isa::avx512_bf16)) == isa::avx512);
  CHECK(asked == 0);
  CHECK(chosen(all, with(isa::amx, &no)) == isa::avx512);
  CHECK(asked == 1);
  CHECK(refusal(all, with(isa::amx, &no), "amx")
        == "KILN_ISA=amx: this machine does not run it; the best that it runs is avx512_bf16");
}

TEST_CASE("a wish is granted if it is built and runs") {
  CHECK(chosen(all, with(isa::amx), "avx2") == isa::avx2);
  CHECK(chosen(all, with(isa::amx), dispatch::name_of(isa::any)) == isa::any);
  CHECK(refusal(all, with(isa::avx2), "avx512")
        == "KILN_ISA=avx512: this machine does not run it; the best that it runs is avx2");
  CHECK(refusal(large, with(isa::amx), "sse4")
        == "KILN_ISA=sse4: 'net' is compiled for amx, avx2, avx512");
  CHECK(refusal(large, with(isa::amx), "AVX2")
        == "KILN_ISA=AVX2: no such instruction set; 'net' is compiled for amx, avx2, avx512");
}

TEST_CASE("a machine that runs none of the builds says so") {
  CHECK(refusal(large, with(isa::sse4))
        == "'net' is compiled for amx, avx2, avx512; the best that this machine runs is sse4");
}

TEST_CASE("the environment says what is wished for") {
  const std::array<build, 1> lowest{{{isa::any, &none}}};
  setenv("KILN_ISA", "", 1);
  CHECK(dispatch::choose("net", lowest).isa == isa::any);
  setenv("KILN_ISA", "avx9", 1);
  CHECK_THROWS_AS(static_cast<void>(dispatch::choose("net", lowest)), kiln::error);
  unsetenv("KILN_ISA");
  CHECK(dispatch::choose("net", lowest).isa == isa::any);
  CHECK(dispatch::this_machine().runs(isa::any));
}
