// SPDX-License-Identifier: MIT
// Feeds libFuzzer's inputs to the npy reader.
//
// tests/unit/io/npy.cpp runs the same target on damaged files in every build; by hand:
//   clang++ -std=c++20 -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/io_npy.cpp
#include "io_targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::npy({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
