// SPDX-License-Identifier: MIT
// Convolutions of bf16 and of integers, compiled and run, against what NumPy computed.
#include <kiln/io/safetensors.hpp>
#include <kiln/kiln.hpp>

#include <boost/hana/integral_constant.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

namespace hana = boost::hana;
using kiln::core::bf16;

/// Sizes of a case, as tools/make_convolution_cases.py has them.
struct geometry final {
  int b, h, w, c;
  int r, s, depth, f;
  kiln::window window{};
};

constexpr geometry dense{2, 4, 5, 7, 1, 1, 7, 19};
constexpr geometry halved{1, 5, 6, 6, 1, 1, 6, 17, {.stride = {2, 2}}};
constexpr geometry same{2, 5, 6, 4, 3, 3, 4, 17, {.pad = kiln::same}};
constexpr geometry stem{1, 11, 10, 3, 7, 7, 3, 16, {.stride = {2, 2}, .pad = {3, 3}}};
constexpr geometry uneven{1, 5, 7, 3, 4, 3, 3, 5, {.stride = {1, 2}, .pad = {2, 0, 1, 2}}};
constexpr geometry dilated{1, 9, 9, 3, 3, 3, 3, 4, {.pad = {2, 3}, .dilation = {2, 3}}};
constexpr geometry grouped{1, 5, 5, 10, 3, 3, 5, 8, {.pad = {1, 1}, .groups = 2}};
constexpr geometry depthwise{
    1, 7, 6, 18, 3, 3, 1, 18, {.stride = {2, 2}, .pad = {1, 1}, .groups = 18}};

template <geometry G, kiln::tensor::dtype X, kiln::tensor::dtype W>
struct convolution final {
  template <int N>
  static constexpr auto extent = hana::int_c<N>;
  static constexpr auto x = kiln::input<"x", X>(extent<G.b>, extent<G.h>, extent<G.w>, extent<G.c>);
  static constexpr auto w =
      kiln::weight<"w", W>(extent<G.r>, extent<G.s>, extent<G.depth>, extent<G.f>);
  static constexpr auto y = kiln::conv2d<G.window>(x, w);
};

const kiln::io::safetensors& file() {
  static const auto all = kiln::io::load_safetensors(std::string(KILN_SOURCE_DIR)
                                                     + "/tests/data/convolution_low_precision"
                                                       ".safetensors");
  return all;
}

template <class T>
std::vector<T> tensor(const std::string& name) {
  const auto& stored = file().at(name);
  REQUIRE(stored.data.size() % sizeof(T) == 0);
  std::vector<T> values(stored.data.size() / sizeof(T));
  std::memcpy(values.data(), stored.data.data(), stored.data.size());
  return values;
}

/// What the compiled convolution makes of a case.
template <geometry G, class X, class W, class Y>
std::vector<Y> results_of(const std::string& name, std::size_t results) {
  using net =
      kiln::compile<convolution<G, *kiln::tensor::element_of<X>, *kiln::tensor::element_of<W>>::y>;
  const auto x = tensor<X>(name + ".x");
  const auto w = tensor<W>(name + ".w");
  std::vector<Y> y(results);
  const typename net::weights weights{kiln::bind<"w">(w)};
  typename net::context context{weights};
  context.run(net::template view<"x">(x), net::template view<"y">(y));
  return y;
}

template <geometry G, class X>
void check_integers(const std::string& name) {
  CAPTURE(name);
  const auto expected = tensor<std::int32_t>(name + ".y");
  CHECK(results_of<G, X, std::int8_t, std::int32_t>(name, expected.size()) == expected);
}

/// A rounding for every tap, and that to bf16, which has eight bits.
template <geometry G>
void check_floats(const std::string& name) {
  CAPTURE(name);
  const auto expected = tensor<float>(name + ".y");
  const auto size = tensor<float>(name + ".size");
  const auto y = results_of<G, bf16, bf16, bf16>(name, expected.size());
  constexpr double roundings = G.r * G.s * G.depth;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double e = double{expected[i]};
    const double sums =
        (roundings + 1) * double{std::numeric_limits<float>::epsilon()} * double{size[i]};
    const double bound = sums + 0x1p-8 * (std::abs(e) + sums) + 0x1p-133;
    wrong += std::abs(double{kiln::core::to_float(y[i])} - e) <= bound ? 0U : 1U;
  }
  CHECK(wrong == 0);
}

template <geometry G>
void check(const std::string& name) {
  check_floats<G>(name + ".bf16");
  check_integers<G, std::uint8_t>(name + ".u8s8");
  check_integers<G, std::int8_t>(name + ".s8s8");
}

}  // namespace

TEST_CASE("dense 1x1") { check<dense>("dense"); }
TEST_CASE("1x1 in steps of two") { check<halved>("halved"); }
TEST_CASE("3x3") { check<same>("same"); }
TEST_CASE("7x7 on three channels") { check<stem>("stem"); }
TEST_CASE("4x3, another padding on each side") { check<uneven>("uneven"); }
TEST_CASE("dilated") { check<dilated>("dilated"); }
TEST_CASE("two groups") { check<grouped>("grouped"); }
TEST_CASE("depthwise") { check<depthwise>("depthwise"); }
