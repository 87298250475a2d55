// SPDX-License-Identifier: MIT
// Runs that meet others: a net inside of another's function, and parts in the order that an
// executor likes.
#include <kiln/core/half.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <support/run_plan.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::core::bf16;

std::uint32_t next(std::uint32_t& seed) {
  seed = seed * 1664525U + 1013904223U;
  return seed >> 8;
}

// ---- a run inside of a run ----------------------------------------------------------------------

constexpr auto x = kiln::input<"x", kiln::bf16>(64_c, 128_c);
constexpr auto product = kiln::matmul(x, kiln::weight<"w", kiln::bf16>(128_c, 64_c));
using inner_net = kiln::compile<product>;

struct running final {
  const inner_net::weights* weights = nullptr;
  std::vector<bf16> x, y;
  int calls = 0;
  int runs = 0;
};
running inner;

constexpr auto mapped = kiln::map(
    [](float v) {
      if (inner.weights != nullptr && ++inner.calls % 1024 == 0) {
        inner_net::context context{*inner.weights};
        context.run(inner_net::view<"x">(inner.x), inner_net::view<"y">(inner.y));
        ++inner.runs;
      }
      return v;
    },
    kiln::cast<kiln::f32>(product));
using outer_net = kiln::compile<mapped>;

// A function that leaves the tiles to others, as a net of another library does at its end; one
// stage behind the product, one in it, and products before and behind.
constexpr auto give_up = [](float v) {
  if constexpr (kiln::core::native.tiles) {
    if (kiln::simd::may_use_tiles()) kiln::simd::release_tiles();
  }
  return v;
};
constexpr auto square = kiln::weight<"square", kiln::bf16>(128_c, 128_c);
constexpr auto behind = kiln::cast<kiln::bf16>(kiln::map(
    give_up, kiln::softmax(kiln::map(give_up, kiln::cast<kiln::f32>(kiln::matmul(x, square))))));
constexpr auto given_up = kiln::matmul(behind, kiln::weight<"w", kiln::bf16>(128_c, 64_c));
using giving_net = kiln::compile<given_up>;

// ---- integers on a team -------------------------------------------------------------------------

constexpr auto a8 = kiln::input<"a", kiln::s8>(16_c, 256_c);
constexpr auto b8 = kiln::input<"b", kiln::s8>(256_c, 512_c);
constexpr auto y8 = kiln::matmul(a8, b8);
using both_given = kiln::compile<y8>;

struct backwards final {
  int count;
  [[nodiscard]] int threads() const { return count; }
  template <class F>
  void parallel_for(int parts, F f) const {
    for (int i = parts; i-- > 0;) f(i);
  }
};

}  // namespace

TEST_CASE("a function may leave the tiles to others") {
  kiln::test::check_plan<giving_net>(1);
  kiln::test::check_plan<giving_net>(2);
}
TEST_CASE("a net may run inside of a function of another one") {
  std::uint32_t seed = 1;
  std::vector<bf16> x_data(64 * 128), w_data(128 * 64);
  const auto number = [&] { return static_cast<float>(next(seed)) / 8388608.0F - 1.0F; };
  for (auto& v : x_data) v = kiln::core::to_bf16(number());
  for (auto& v : w_data) v = kiln::core::to_bf16(number());
  const inner_net::weights inner_weights{kiln::bind<"w">(w_data)};
  const outer_net::weights weights{kiln::bind<"w">(w_data)};
  outer_net::context context{weights};
  std::vector<float> alone(64 * 64), around(64 * 64);
  context.run(outer_net::view<"x">(x_data), outer_net::view<"y">(alone));
  inner = {&inner_weights, x_data, std::vector<bf16>(64 * 64)};
  context.run(outer_net::view<"x">(x_data), outer_net::view<"y">(around));
  CHECK(inner.runs == 4);
  inner.weights = nullptr;
  CHECK(alone == around);
}

TEST_CASE("integers packed in a run are the same in any order of parts") {
  std::uint32_t seed = 2;
  std::vector<std::int8_t> a(16 * 256), b(256 * 512);
  for (auto& v : a) v = static_cast<std::int8_t>(next(seed));
  for (auto& v : b) v = static_cast<std::int8_t>(next(seed));
  std::vector<std::int32_t> expected(16 * 512), y(16 * 512);
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t k = 0; k < 256; ++k) {
      for (std::size_t j = 0; j < 512; ++j) {
        expected[i * 512 + j] += int{a[i * 256 + k]} * int{b[k * 512 + j]};
      }
    }
  }
  const both_given::weights weights{};
  for (const int threads : {1, 2, 3, 4}) {
    CAPTURE(threads);
    const backwards order{threads};
    both_given::context context{weights, order};
    context.run(both_given::view<"a">(a), both_given::view<"b">(b), both_given::view<"y">(y));
    CHECK(y == expected);
  }
}
