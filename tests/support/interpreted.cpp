// SPDX-License-Identifier: MIT
// Linked to a test program that is compiled for AMX: the tile instructions of all test cases are
// interpreted, and the program fails if there are none. doctest must leave SIGILL alone in it
// (DOCTEST_CONFIG_NO_POSIX_SIGNALS where its implementation is).
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <support/interpreted_nets.hpp>

namespace {

struct interpreter final : doctest::IReporter {
  explicit interpreter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override { kiln::test::interpret_nets(); }
  void test_run_end(const doctest::TestRunStats&) override {
    const long dots = kiln::test::take_interpreted().dots;
    std::fprintf(stderr, "%ld products of tiles were interpreted\n", dots);
    if (dots > 0) return;
    std::fflush(stdout);
    std::_Exit(1);
  }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

DOCTEST_REGISTER_LISTENER("interpreter", 2, interpreter);

}  // namespace
