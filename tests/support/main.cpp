// SPDX-License-Identifier: MIT
// The one main of all doctest programs; unlike doctest's own, it fails when no test case ran.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <support/silent_listener.hpp>

namespace {

unsigned cases_run = 0;

struct case_counter final : kiln::test::silent_listener {
  explicit case_counter(const doctest::ContextOptions&) {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    cases_run = stats.numTestCasesPassingFilters;
  }
};

DOCTEST_REGISTER_LISTENER("case_counter", 1, case_counter);

}  // namespace

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  const int result = context.run();
  if (context.shouldExit()) return result;
  if (cases_run == 0) {
    std::puts("no test case matched: a test that runs nothing fails");
    return 1;
  }
  return result;
}
