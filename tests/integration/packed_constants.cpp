// SPDX-License-Identifier: MIT
// What the compiler packs is what bind packs, byte by byte; it lies in memory that cannot be
// written.
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::f32, kiln::s8, kiln::u8;

constexpr float fraction(std::uint32_t& state) {
  state = state * 1664525U + 1013904223U;
  return static_cast<float>(state >> 8) * 0x1p-24F;
}
template <std::size_t N>
constexpr std::array<float, N> floats(std::uint32_t seed, float low = -0.5F, float high = 0.5F) {
  std::array<float, N> r{};
  for (auto& x : r) x = low + (high - low) * fraction(seed);
  return r;
}
template <class T, std::size_t N>
constexpr std::array<T, N> integers(std::uint32_t seed, float low, float high) {
  std::array<T, N> r{};
  for (auto& x : r) x = static_cast<T>(low + (high - low) * fraction(seed));
  return r;
}

/// Compares packed constants with weights that are bound in memory that was zero: gaps between
/// tensors stay so in both. `most_ulp`: how far floats may be apart.
template <class Net>
void check_same(const typename Net::packed& constant,
                std::span<const std::byte> bound,
                std::uint32_t most_ulp = 0) {
  const auto packed = constant.bytes();
  REQUIRE(packed.size() == Net::packed_bytes);
  REQUIRE(reinterpret_cast<std::uintptr_t>(packed.data()) % kiln::tensor::buffer_alignment == 0);
  if (most_ulp == 0) {
    CHECK(std::memcmp(packed.data(), bound.data(), packed.size()) == 0);
    return;
  }
  for (std::size_t i = 0; i < packed.size(); i += 4) {
    std::uint32_t a = 0, b = 0;
    std::memcpy(&a, packed.data() + i, 4);
    std::memcpy(&b, bound.data() + i, 4);
    const std::uint32_t apart = a > b ? a - b : b - a;
    CHECK_MESSAGE(apart <= most_ulp, "at byte ", i);
  }
}

alignas(64) std::array<std::byte, 1 << 16> room;

template <class Net, class... Named>
std::span<const std::byte> bound_to_zeros(const Named&... named) {
  room.fill(std::byte{0});
  const typename Net::weights w{std::span(room), named...};
  return w.packed();
}

// ---- a chain of products --------------------------------------------------------------------

constexpr auto x = kiln::input<"x", f32>(kiln::dim<"batch", 40>, 13_c);
constexpr auto w1 = kiln::weight<"w1", f32>(13_c, 37_c);
constexpr auto b1 = kiln::weight<"b1", f32>(37_c);
constexpr auto w2 = kiln::weight<"w2", f32>(5_c, 37_c);
constexpr auto mlp = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), kiln::transpose(w2));

constexpr auto w1_data = floats<13 * 37>(1);
constexpr auto b1_data = floats<37>(2);
constexpr auto w2_flat = floats<5 * 37>(3);
constexpr auto w2_data = std::bit_cast<std::array<std::array<float, 37>, 5>>(w2_flat);
constexpr auto w1_bf16 = [] {
  std::array<kiln::core::bf16, 13 * 37> r{};
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = kiln::core::to_bf16(w1_data[i]);
  return r;
}();
constexpr std::array<std::array<float, 2>, 2> ranges{{{-1.5F, 2.25F}, {0.0F, 3.0F}}};

template <class Net>
constexpr auto pack_mlp() {
  return Net::pack(
      kiln::bind<"w1", w1_data>(), kiln::bind<"b1", b1_data>(), kiln::bind<"w2", w2_data>());
}
template <class Net>
auto bind_mlp() {
  return bound_to_zeros<Net>(
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data));
}

using mlp_net = kiln::compile<mlp>;
using bf16_net = kiln::compile<mlp, kiln::in_bf16>;
using int8_net = kiln::compile<mlp, kiln::in_int8_with<ranges>>;
constexpr auto packed_mlp = pack_mlp<mlp_net>();
constexpr auto packed_bf16 = pack_mlp<bf16_net>();
constexpr auto packed_int8 = pack_mlp<int8_net>();
constexpr auto packed_widened = mlp_net::pack(
    kiln::bind<"w1", w1_bf16>(), kiln::bind<"b1", b1_data>(), kiln::bind<"w2", w2_flat>());

// ---- integers that the user quantised, with zero points and constants ---------------------------

constexpr auto v1 = kiln::weight<"v1", s8>(13_c, 20_c);
constexpr auto scale1 = kiln::weight<"scale1", f32>(20_c);
constexpr auto zero1 = kiln::weight<"zero1", s8>(20_c);
constexpr auto v2 = kiln::weight<"v2", u8>(20_c, 10_c);
constexpr auto q0 = kiln::quantize<u8>(x, 0.0173F, 117);
constexpr auto h1 = kiln::relu(
    kiln::matmul(kiln::dequantize(q0, 0.0173F, 117), kiln::dequantize(v1, scale1, zero1)));
constexpr auto q1 = kiln::quantize<s8>(h1, 0.031F, -5);
constexpr auto quantized =
    kiln::matmul(kiln::dequantize(q1, 0.031F, -5), kiln::dequantize(v2, 0.02F, 128));
using quantized_net = kiln::compile<quantized>;

constexpr auto v1_data = integers<std::int8_t, 13 * 20>(4, -128, 128);
constexpr auto scale1_data = floats<20>(5, 0.01F, 0.02F);
constexpr auto zero1_data = integers<std::int8_t, 20>(6, -20, 20);
constexpr auto v2_data = integers<std::uint8_t, 20 * 10>(7, 0, 256);
constexpr auto packed_quantized = quantized_net::pack(kiln::bind<"v1", v1_data>(),
                                                      kiln::bind<"scale1", scale1_data>(),
                                                      kiln::bind<"zero1", zero1_data>(),
                                                      kiln::bind<"v2", v2_data>());

// ---- convolutions -----------------------------------------------------------------------------

constexpr auto image = kiln::input<"image", f32>(1_c, 9_c, 8_c, 4_c);
constexpr auto f1 = kiln::weight<"f1", f32>(3_c, 3_c, 4_c, 20_c);
constexpr auto f2 = kiln::weight<"f2", f32>(3_c, 1_c, 10_c, 40_c);  // two groups
constexpr auto bias = kiln::weight<"bias", f32>(40_c);
constexpr auto convolved =
    kiln::conv2d<kiln::window{.groups = 2}>(
        kiln::relu(kiln::conv2d<kiln::window{.pad = kiln::same}>(image, f1)), f2)
    + bias;
using conv_net = kiln::compile<convolved>;
using int8_conv_net = kiln::compile<convolved, kiln::in_int8_with<ranges>>;

constexpr auto f1_data = floats<9 * 4 * 20>(8);
constexpr auto f2_data = floats<3 * 10 * 40>(9);
constexpr auto bias_data = floats<40>(10);
template <class Net>
constexpr auto pack_conv() {
  return Net::pack(
      kiln::bind<"f1", f1_data>(), kiln::bind<"f2", f2_data>(), kiln::bind<"bias", bias_data>());
}
constexpr auto packed_conv = pack_conv<conv_net>();
constexpr auto packed_int8_conv = pack_conv<int8_conv_net>();

// ---- what folds at bind -----------------------------------------------------------------------

constexpr auto gamma_w = kiln::weight<"gamma", f32>(20_c);
constexpr auto beta = kiln::weight<"beta", f32>(20_c);
constexpr auto mean = kiln::weight<"mean", f32>(20_c);
constexpr auto variance = kiln::weight<"variance", f32>(20_c);
constexpr auto normed = kiln::batch_norm(
    kiln::conv2d<kiln::window{.pad = kiln::same}>(image, f1), gamma_w, beta, mean, variance);
using normed_net = kiln::compile<normed>;
constexpr auto gamma_data = floats<20>(11, 0.5F, 1.5F);
constexpr auto beta_data = floats<20>(12);
constexpr auto mean_data = floats<20>(13);
constexpr auto variance_data = floats<20>(14, 0.5F, 1.5F);
constexpr auto packed_normed = normed_net::pack(kiln::bind<"f1", f1_data>(),
                                                kiln::bind<"gamma", gamma_data>(),
                                                kiln::bind<"beta", beta_data>(),
                                                kiln::bind<"mean", mean_data>(),
                                                kiln::bind<"variance", variance_data>());

// Weights side by side, a part of them, a table of the expression, functions of weights.
constexpr auto table = floats<37>(15);
constexpr auto moved = kiln::concat<-1>(w1 * kiln::constant<table>(), kiln::slice<1, 3, 20>(w1));
constexpr auto folded = kiln::matmul(x, moved)
                        + kiln::concat<0>(kiln::clip(b1, -0.25F, 0.25F),
                                          kiln::slice<0, 0, 17>(kiln::sqrt(kiln::abs(b1))));
using folded_net = kiln::compile<folded>;
constexpr auto packed_folded =
    folded_net::pack(kiln::bind<"w1", w1_data>(), kiln::bind<"b1", b1_data>());

// Panels and rows of panels that are no whole cache lines: f16 with an odd k, scales and zero
// points of five groups.
constexpr auto halves =
    kiln::matmul(kiln::input<"x", f32>(3_c, 33_c), kiln::weight<"w", kiln::f16>(33_c, 21_c));
using halves_net = kiln::compile<halves>;
constexpr auto halves_data = floats<33 * 21>(16);
constexpr auto as_f16 = []<std::size_t N>(const std::array<float, N>& from) {
  std::array<kiln::core::f16, N> r{};
  for (std::size_t i = 0; i < N; ++i) r[i] = kiln::core::to_f16(from[i]);
  return r;
};
constexpr auto w_f16 = as_f16(halves_data);
constexpr auto packed_halves = halves_net::pack(kiln::bind<"w", w_f16>());

constexpr auto grouped =
    kiln::matmul(kiln::input<"x", f32>(1_c, 80_c),
                 kiln::dequantize_int4<16>(kiln::weight<"p", u8>(40_c, 48_c),
                                           kiln::weight<"s", kiln::f16>(5_c, 48_c),
                                           kiln::weight<"z", u8>(5_c, 48_c)));
using grouped_net = kiln::compile<grouped>;
constexpr auto p_data = integers<std::uint8_t, 40 * 48>(17, 0, 256);
constexpr auto s_data = as_f16(floats<5 * 48>(18));
constexpr auto z_data = integers<std::uint8_t, 5 * 48>(19, 0, 16);
constexpr auto packed_grouped = grouped_net::pack(
    kiln::bind<"p", p_data>(), kiln::bind<"s", s_data>(), kiln::bind<"z", z_data>());

}  // namespace

TEST_CASE("panels that are no whole cache lines") {
  check_same<halves_net>(packed_halves, bound_to_zeros<halves_net>(kiln::bind<"w">(w_f16)));
  check_same<grouped_net>(
      packed_grouped,
      bound_to_zeros<grouped_net>(
          kiln::bind<"p">(p_data), kiln::bind<"s">(s_data), kiln::bind<"z">(z_data)));
}

TEST_CASE("panels of floats, bf16 and integers") {
  check_same<mlp_net>(packed_mlp, bind_mlp<mlp_net>());
  check_same<bf16_net>(packed_bf16, bind_mlp<bf16_net>());
  check_same<int8_net>(packed_int8, bind_mlp<int8_net>());
  check_same<mlp_net>(
      packed_widened,
      bound_to_zeros<mlp_net>(
          kiln::bind<"w1">(w1_bf16), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)));
  check_same<quantized_net>(packed_quantized,
                            bound_to_zeros<quantized_net>(kiln::bind<"v1">(v1_data),
                                                          kiln::bind<"scale1">(scale1_data),
                                                          kiln::bind<"zero1">(zero1_data),
                                                          kiln::bind<"v2">(v2_data)));
}

TEST_CASE("filters, in groups too") {
  check_same<conv_net>(
      packed_conv,
      bound_to_zeros<conv_net>(
          kiln::bind<"f1">(f1_data), kiln::bind<"f2">(f2_data), kiln::bind<"bias">(bias_data)));
  check_same<int8_conv_net>(
      packed_int8_conv,
      bound_to_zeros<int8_conv_net>(
          kiln::bind<"f1">(f1_data), kiln::bind<"f2">(f2_data), kiln::bind<"bias">(bias_data)));
}

TEST_CASE("what bind computes of weights alone") {
  // AVX-512 estimates the root of the variance: two roundings there, three of what is scaled by it.
  constexpr std::uint32_t most_ulp = KILN_ISA_AVX512 ? 4 : 0;
  check_same<normed_net>(packed_normed,
                         bound_to_zeros<normed_net>(kiln::bind<"f1">(f1_data),
                                                    kiln::bind<"gamma">(gamma_data),
                                                    kiln::bind<"beta">(beta_data),
                                                    kiln::bind<"mean">(mean_data),
                                                    kiln::bind<"variance">(variance_data)),
                         most_ulp);
  check_same<folded_net>(
      packed_folded,
      bound_to_zeros<folded_net>(kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data)));
}

TEST_CASE("a net runs on constants as on weights") {
  const mlp_net::weights weights{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  mlp_net::context bound{weights};
  mlp_net::stack_context constant{packed_mlp};
  const auto x_data = floats<40 * 13>(20);
  std::vector<float> expected(40 * 5), actual(40 * 5);
  bound.run(mlp_net::view<"x">(x_data), mlp_net::view<"y">(expected));
  constant.run(mlp_net::view<"x">(x_data), mlp_net::view<"y">(actual));
  CHECK(actual == expected);
}

TEST_CASE("the memory cannot be written") {
  const auto at = reinterpret_cast<std::uintptr_t>(packed_mlp.bytes().data());
  std::ifstream maps("/proc/self/maps");
  if (!maps) return;
  std::string found;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char rights[5] = "";
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, rights) != 3) continue;
    if (at >= begin && at < end) found = rights;
  }
  CHECK(found.substr(0, 2) == "r-");
}
