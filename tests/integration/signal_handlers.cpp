// SPDX-License-Identifier: MIT
// A net runs in a signal handler while another one of the same thread is under way. The system
// enters handlers without AMX tiles, whatever the thread had loaded.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <support/bound_net.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;

// As many rows, so that both want the same tiles.
constexpr auto small =
    kiln::matmul(kiln::input<"x", u8>(33_c, 72_c), kiln::weight<"w", s8>(72_c, 40_c));
using small_net = kiln::compile<small>;
using small_bound = kiln::test::bound_net<small_net, "x">;

int calls = 0;
constexpr auto interrupted = [](float v) {
  if (++calls % 512 == 0) static_cast<void>(std::raise(SIGUSR1));
  return v;
};
constexpr auto x = kiln::input<"x", u8>(33_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", s8>(64_c, 80_c);
constexpr auto w2 = kiln::weight<"w2", s8>(80_c, 48_c);
constexpr auto h = kiln::map(interrupted, kiln::cast<f32>(kiln::matmul(x, w1)) * 0x1p-9F);
constexpr auto y = kiln::matmul(kiln::cast<u8>(h), w2);
using net = kiln::compile<y>;

struct {
  const small_bound* net = nullptr;
  std::vector<double> expected{};
  int runs = 0, wrong = 0;
} handled;

void run_small(int) {
  ++handled.runs;
  handled.wrong += handled.net->run(0) != handled.expected;
}

}  // namespace

TEST_CASE("a run among others in signal handlers has the same results, and so have they") {
  const small_bound inside(2);
  const kiln::test::bound_net<net, "x"> around(1);
  handled.net = &inside;
  handled.expected = inside.meaning(0).value;
  auto* const before = std::signal(SIGUSR1, SIG_IGN);
  const std::vector<double> alone = around.run(0);
  CHECK(alone == around.meaning(0).value);
  calls = 0;
  static_cast<void>(std::signal(SIGUSR1, run_small));
  const std::vector<double> among = around.run(0);
  static_cast<void>(std::signal(SIGUSR1, before));
  CHECK(among == alone);
  CHECK(handled.runs == 33 * 80 / 512);
  CHECK(handled.wrong == 0);
}
