// SPDX-License-Identifier: MIT
// A broken invariant is no constant expression, and ends the program with its text.
#include <kiln/core/unreachable.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int positive(int x) {
  if (x <= 0) kiln::core::unreachable("x is positive");
  return x;
}
template <int X>
concept evaluates = requires {
  typename std::integral_constant<int, positive(X)>;
};

}  // namespace

static_assert(evaluates<1> && !evaluates<0>);

TEST_CASE("the program aborts and says why") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest's handler is not wanted here
    dup2(ends[1], STDERR_FILENO);
    static_cast<void>(positive(0));
    _exit(0);
  }
  close(ends[1]);
  char text[200] = {};
  const ssize_t n = read(ends[0], text, sizeof text - 1);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(n > 0);
  CHECK(std::string(text) == "kiln: internal error: x is positive\n");
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}
