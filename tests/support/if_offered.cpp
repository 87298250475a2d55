// SPDX-License-Identifier: MIT
// Runs a program where the machine offers the vectors that it is compiled for. Elsewhere says so
// and returns 77, which ctest takes for a test that was skipped.
//
//     if_offered avx512_bf16 program [arguments...]
#include <kiln/dispatch/isa.hpp>
#include <kiln/simd/processor.hpp>

#include <cstdio>
#include <optional>
#include <unistd.h>

int main(int argc, char** argv) {
  constexpr int skipped = 77;
  const std::optional<kiln::dispatch::isa> wanted =
      argc > 2 ? kiln::dispatch::isa_named(argv[1]) : std::nullopt;
  if (!wanted) {
    std::fputs("usage: if_offered <instruction set> <program> [arguments...]\n", stderr);
    return 2;
  }
  if (!kiln::dispatch::offers(kiln::simd::this_processor(), *wanted)) {
    std::printf("skipped: this machine does not offer %s\n", argv[1]);
    return skipped;
  }
  execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 2;
}
