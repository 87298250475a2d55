// SPDX-License-Identifier: MIT
// A program compiled with -fno-exceptions: a net runs, and every error reaches the handler.
#include <kiln/io/find_weight.hpp>
#include <kiln/io/safetensors.hpp>
#include <kiln/kiln.hpp>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#if KILN_EXCEPTIONS
#  error "compile this with -fno-exceptions"
#endif

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"n", 4>, 3_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(3_c);
constexpr auto y = kiln::relu(x + b);
using net = kiln::compile<y>;

std::string wanted;

void check_text(const char* text) {
  if (text != wanted) std::printf("expected: %s\nactual:   %s\n", wanted.c_str(), text);
  std::fflush(stdout);
  _exit(text == wanted ? 10 : 1);
}

/// True if f() ends in the handler with this text, in a process of its own.
template <class F>
bool reports(const char* text, F f) {
  const pid_t child = fork();
  if (child == 0) {
    wanted = text;
    kiln::set_error_handler(&check_text);
    f();
    std::printf("expected: %s\nactual:   no error\n", text);
    std::fflush(stdout);
    _exit(2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 10;
}

/// True if a handler that returns ends in an abort.
bool aborts_behind_the_handler() {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    kiln::set_error_handler([](const char*) {});
    kiln::core::raise("text");
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

int main() {
  const std::vector<float> bias{1, 2, 3};
  const net::weights w{kiln::bind<"b">(bias)};
  net::context c{w};
  std::vector<float> in{-2, -2, -2, 1, 1, 1}, out(6);
  c.run(net::view<"x">(in), net::view<"y">(out));
  bool right = out == std::vector<float>{0, 0, 1, 2, 3, 4};

  right &= reports("weight 'b': expected f32[3], actual 2 elements", [] {
    const std::vector<float> few(2);
    net::weights{kiln::bind<"b">(few)};
  });
  right &= reports("weight 'b': expected f32[3], actual missing", [] {
    const std::map<std::string, std::vector<float>> empty;
    net::weights{empty};
  });
  right &= reports("input 'x': expected f32[n <= 4, 3], actual n = 5", [] {
    const std::vector<float> many(15);
    static_cast<void>(net::view<"x">(many));
  });
  right &= reports("output 'y': expected n = 2 as in input 'x', actual n = 1", [&] {
    std::vector<float> one(3);
    c.run(net::view<"x">(in), net::view<"y">(one));
  });
  right &= reports("output 'y': expected memory of its own, actual overlaps input 'x'",
                   [&] { c.run(net::view<"x">(in), net::view<"y">(in)); });
  right &= reports("safetensors: expected at least 8 bytes, found 0",
                   [] { static_cast<void>(kiln::io::parse_safetensors({})); });
  right &= aborts_behind_the_handler();
  std::puts(right ? "right" : "WRONG");
  return right ? 0 : 1;
}
