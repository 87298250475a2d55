// SPDX-License-Identifier: MIT
// Linked to a test program that is compiled for AMX: the tile instructions of all test cases are
// interpreted, and the program fails if there are none. doctest must leave SIGILL alone in it
// (DOCTEST_CONFIG_NO_POSIX_SIGNALS where its implementation is).
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <support/interpreted_nets.hpp>
#include <support/silent_listener.hpp>

namespace {

struct interpreter final : kiln::test::silent_listener {
  explicit interpreter(const doctest::ContextOptions&) {}
  void test_run_start() override { kiln::test::interpret_nets(); }
  void test_run_end(const doctest::TestRunStats&) override {
    const long dots = kiln::test::take_interpreted().dots;
    std::fprintf(stderr, "%ld products of tiles were interpreted\n", dots);
    if (dots > 0) return;
    std::fflush(stdout);
    std::_Exit(1);
  }
};

DOCTEST_REGISTER_LISTENER("interpreter", 2, interpreter);

}  // namespace
