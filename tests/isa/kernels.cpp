// SPDX-License-Identifier: MIT
// Nets that are compiled for every instruction set; the entry that chooses among them is made.
#include "kernels.hpp"

#include <kiln/kiln.hpp>

#include "counted.hpp"
#include <cstdint>
#include <span>

int other_calls();

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(33_c, 70_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(70_c, 50_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(50_c);
constexpr auto y = kiln::tanh(kiln::matmul(x, w) + b);
using float_net = kiln::compile<y>;

constexpr auto x8 = kiln::input<"x", kiln::u8>(33_c, 70_c);
constexpr auto w8 = kiln::weight<"w", kiln::s8>(70_c, 50_c);
constexpr auto scale = kiln::weight<"scale", kiln::f32>(50_c);
constexpr auto sums = kiln::cast<kiln::f32>(kiln::matmul(x8, w8));
constexpr auto y8 = kiln::cast<kiln::u8>(kiln::relu(sums * scale));
using byte_net = kiln::compile<y8>;

static_assert(rows == 33 && depth == 70 && columns == 50);

void run_floats(std::span<const float> in,
                std::span<const float> weights,
                std::span<const float> bias,
                std::span<float> out) {
  count_call();
  const float_net::weights packed{kiln::bind<"w">(weights), kiln::bind<"b">(bias)};
  float_net::context context{packed};
  context.run(float_net::view<"x">(in), float_net::view<"y">(out));
}

void run_bytes(std::span<const std::uint8_t> in,
               std::span<const std::int8_t> weights,
               std::span<const float> scales,
               std::span<std::uint8_t> out) {
  count_call();
  const byte_net::weights packed{kiln::bind<"w">(weights), kiln::bind<"scale">(scales)};
  byte_net::context context{packed};
  context.run(byte_net::view<"x">(in), byte_net::view<"y">(out));
}

void sort(std::span<float> values) {
  count_call();
  sort_copy(values);
}

[[noreturn]] void fail() { throw kiln::error("from " KILN_ISA_NAME); }

int calls() { return call_count == other_calls() ? call_count : -1; }

constinit const isa_test_table table{
    &run_floats, &run_bytes, &run_mlp, &run_image, &calls, &sort, &fail};

}  // namespace

const isa_test_table* isa_test_kernels() { return &table; }
