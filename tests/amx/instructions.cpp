// SPDX-License-Identifier: MIT
// Tile instructions against the model, all of them interpreted: this process never asks whether it
// may use tiles, so that the hardware refuses them.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <support/amx_check.hpp>
#include <support/amx_interpreter.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

TEST_CASE("interpreted tile instructions do what the model says") {
  kiln::test::interpret_amx();
  static_cast<void>(kiln::test::take_interpreted());
  kiln::test::check_products<16, 16, 16>();
  const kiln::test::amx_counts counts = kiln::test::take_interpreted();
  CHECK(counts.configs >= 1);
  CHECK(counts.loads == 3 * 32);
  CHECK(counts.dots == 4 * 8 + 3 * 24);
  CHECK(counts.zeros == 8);
  kiln::test::check_all_products();
  kiln::test::check_other_tiles();
}

namespace {

// Executes the bytes of one instruction whose memory operand is at (%rax).
bool interpret(const std::array<std::uint8_t, 5>& code, void* memory) {
  ucontext_t at{};
  at.uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(code.data());
  at.uc_mcontext.gregs[REG_RAX] = reinterpret_cast<greg_t>(memory);
  kiln::test::detail::tile_instruction x;
  return kiln::test::detail::decode(x, at) && x.bytes == code.size()
         && kiln::test::detail::execute(x);
}

}  // namespace

// Machines with AMX execute these themselves, whoever asks.
TEST_CASE("configurations are taken, given back and released") {
  constexpr std::array<std::uint8_t, 5> load{0xc4, 0xe2, 0x78, 0x49, 0x00};
  constexpr std::array<std::uint8_t, 5> store{0xc4, 0xe2, 0x79, 0x49, 0x00};
  constexpr std::array<std::uint8_t, 5> release{0xc4, 0xe2, 0x78, 0x49, 0xc0};
  constexpr std::array<std::uint8_t, 5> zero{0xc4, 0xe2, 0x7b, 0x49, 0xc0};
  auto config = kiln::simd::configure_tiles({kiln::simd::tile_shape{5, 20}});
  kiln::simd::tile_config read{};
  static_cast<void>(kiln::test::take_interpreted());
  CHECK(interpret(load, &config));
  CHECK(interpret(store, &read));
  CHECK(read == config);
  CHECK(interpret(zero, nullptr));
  CHECK(interpret(release, nullptr));
  CHECK_FALSE(interpret(zero, nullptr));  // there is no tile any more
  config.rows[3] = 17;
  CHECK_FALSE(interpret(load, &config));
  const kiln::test::amx_counts counts = kiln::test::take_interpreted();
  CHECK(counts.configs == 2);
  CHECK(counts.releases == 1);
}

// A product that forgets that somebody else gave the tiles up must not pass, on hardware that
// executes releases itself either.
TEST_CASE("tiles that were given up are refused") {
  kiln::test::interpret_amx();
  static constexpr auto config = kiln::simd::configure_tiles({kiln::simd::tile_shape{16, 64}});
  const auto signal_of = [](bool gives_up) {
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_DUMPABLE, 0);  // no report of this crash
      kiln::simd::load_tile_config(config);
      kiln::simd::zero_tile<0>();
      if (gives_up) kiln::simd::release_tiles();
      kiln::simd::zero_tile<0>();
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  };
  CHECK(signal_of(false) == 0);
  CHECK(signal_of(true) == SIGILL);
}
