// SPDX-License-Identifier: MIT
// Runs the kernels of the instruction set that is chosen, against plain loops, and prints a sum of
// the bits of what must not depend on it. Exit codes: 0 right, 1 wrong, 3 none was chosen.
#include "counted.hpp"
#include "kernels.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::uint32_t state = 1;

std::uint32_t next() {
  state = state * 1664525U + 1013904223U;
  return state >> 8;
}

template <class T>
std::vector<T> integers(int n, int low, int high) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T& e : v) {
    e = static_cast<T>(static_cast<int>(next() % static_cast<std::uint32_t>(high - low + 1)) + low);
  }
  return v;
}
std::vector<float> floats(int n, float scale) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (float& e : v) e = (static_cast<float>(next()) / 8388608.0F - 1.0F) * scale;
  return v;
}

/// Largest distance to sums in double.
double float_distance(const isa_test_table& table) {
  const auto x = floats(rows * depth, 1), w = floats(depth * columns, 0.1F), b = floats(columns, 1);
  std::vector<float> y(rows * columns);
  table.floats(x, w, b, y);
  double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t r = i / columns, c = i % columns;
    double sum = static_cast<double>(b[c]);
    for (std::size_t k = 0; k < depth; ++k) {
      sum += static_cast<double>(x[r * depth + k]) * static_cast<double>(w[k * columns + c]);
    }
    worst = std::fmax(worst, std::fabs(std::tanh(sum) - static_cast<double>(y[i])));
  }
  return worst;
}

struct byte_result final {
  int wrong = 0;
  std::uint64_t bits = 0;  // FNV-1a of all bytes
};

/// Products of bytes are exact; one product and one rounding follow.
byte_result bytes(const isa_test_table& table) {
  const auto x = integers<std::uint8_t>(rows * depth, 0, 255);
  const auto w = integers<std::int8_t>(depth * columns, -128, 127);
  const auto scale = floats(columns, 1e-3F);
  std::vector<std::uint8_t> y(rows * columns);
  table.bytes(x, w, scale, y);
  byte_result result{.bits = 14695981039346656037U};
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      sum += x[i / columns * depth + k] * w[k * columns + i % columns];
    }
    const float scaled = static_cast<float>(sum) * scale[i % columns];
    const float expected = std::nearbyint(std::clamp(scaled, 0.0F, 255.0F));
    if (y[i] != static_cast<std::uint8_t>(expected)) ++result.wrong;
    result.bits = (result.bits ^ y[i]) * 1099511628211U;
  }
  return result;
}

bool sorts(const isa_test_table& table) {
  auto values = floats(1000, 1);
  table.sort(values);
  return std::is_sorted(values.begin(), values.end());
}

/// What a program catches whose standard library compares types by address, too.
std::string thrown(const isa_test_table& table) {
  try {
    table.fail();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "nothing";
}

/// What a call costs, with looking up the table: the fastest of many.
double nanoseconds_a_call() {
  using clock = std::chrono::steady_clock;
  constexpr int rounds = 500, repeats = 200;
  double best = 1e9;
  for (int r = 0; r < rounds; ++r) {
    const auto start = clock::now();
    for (int i = 0; i < repeats; ++i) static_cast<void>(isa_test_kernels()->calls());
    const std::chrono::duration<double, std::nano> passed = clock::now() - start;
    best = std::min(best, passed.count() / repeats);
  }
  return best;
}

int run() {
  const isa_test_table& table = *isa_test_kernels();
  const std::string isa = isa_test_kernels_isa();
  const double distance = float_distance(table);
  const byte_result exact = bytes(table);
  const bool right = distance < 1e-5 && exact.wrong == 0 && sorts(table) && table.calls() == 3
                     && call_count == 0 && thrown(table) == "from " + isa;
  std::printf("isa %s\nbytes %016llx\n", isa.c_str(), static_cast<unsigned long long>(exact.bits));
  std::printf("floats off by at most %.1e: %s\n", distance, right ? "right" : "WRONG");
  std::printf("a call costs %.1f ns\n", nanoseconds_a_call());
  return right ? 0 : 1;
}

}  // namespace

int main() {
  sort_copy({});  // the program's own copy of what the kernels have too
  try {
    return run();
  } catch (const std::runtime_error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}
