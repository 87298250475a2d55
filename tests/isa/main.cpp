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

kiln::test::integer_source source;

/// Largest distance to sums in double.
double float_distance(const isa_test_table& table) {
  const auto x = source.floats(rows * depth, 1);
  const auto w = source.floats(depth * columns, 0.1F);
  const auto b = source.floats(columns, 1);
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
  std::uint64_t bits = 0;
};

/// Products of bytes are exact; one product and one rounding follow.
byte_result bytes(const isa_test_table& table) {
  const auto x = source.several<std::uint8_t>(rows * depth, 0, 255);
  const auto w = source.several<std::int8_t>(depth * columns, -128, 127);
  const auto scale = source.floats(columns, 1e-3F);
  std::vector<std::uint8_t> y(rows * columns);
  table.bytes(x, w, scale, y);
  byte_result result{.bits = kiln::test::hash(y)};
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      sum += x[i / columns * depth + k] * w[k * columns + i % columns];
    }
    const float scaled = static_cast<float>(sum) * scale[i % columns];
    const float expected = std::nearbyint(std::clamp(scaled, 0.0F, 255.0F));
    if (y[i] != static_cast<std::uint8_t>(expected)) ++result.wrong;
  }
  return result;
}

/// Whether a net's results are those of plain loops, and of every other machine.
bool is_right(const char* name,
              const kiln::test::requantized_verdict& verdict,
              std::uint64_t expected) {
  const bool right = verdict.is_right(expected);
  std::printf("%s %016llx: %s\n",
              name,
              static_cast<unsigned long long>(verdict.bits),
              right ? "right" : "WRONG");
  return right;
}
bool nets(const isa_test_table& table) {
  namespace test = kiln::test;
  const test::requantized_mlp mlp;
  const test::requantized_image image;
  const bool mlp_right = is_right("mlp", mlp.check(table.mlp), test::requantized_mlp_bits);
  const bool image_right =
      is_right("image", image.check(table.image), test::requantized_image_bits);
  return mlp_right && image_right;
}

bool sorts(const isa_test_table& table) {
  auto values = source.floats(1000, 1);
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
  std::printf("isa %s\nbytes %016llx\n", isa.c_str(), static_cast<unsigned long long>(exact.bits));
  const bool right = nets(table) && distance < 1e-5 && exact.wrong == 0 && sorts(table)
                     && table.calls() == 3 && call_count == 0 && thrown(table) == "from " + isa;
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
