// SPDX-License-Identifier: MIT
// Feeds libFuzzer's inputs to the safetensors reader.
//
// tests/unit/io/safetensors.cpp runs the same target on damaged files in every build; by hand:
//   clang++ -std=c++20 -O1 -fsanitize=fuzzer,address,undefined -Iinclude
//   tests/fuzz/io_safetensors.cpp
#include "io_targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::safetensors({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
