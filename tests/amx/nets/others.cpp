// SPDX-License-Identifier: MIT
// Nets on interpreted tiles around others' code that uses tiles too: a net inside of a user's
// function, of the same program and of a library that knows nothing of this one's tiles.
#include <kiln/kiln.hpp>
#include <kiln/simd/amx.hpp>

#include <doctest/doctest.h>

#include "../library/library.hpp"
#include <cstddef>
#include <cstdint>
#include <support/bound_net.hpp>
#include <support/interpreted_nets.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::bf16, kiln::f32, kiln::s8, kiln::u8;
using kiln::test::tile_products;

constexpr auto small =
    kiln::matmul(kiln::input<"x", u8>(33_c, 40_c), kiln::weight<"w", s8>(40_c, 20_c));
using small_net = kiln::compile<small>;
using small_bound = kiln::test::bound_net<small_net, "x">;

// What users' functions do now and then; the numbers pass through.
struct others final {
  const small_bound* net = nullptr;
  bool library = false;
  int calls = 0, runs = 0, wrong = 0, released = 0;

  void run_library() {
    std::vector<std::uint8_t> x(library_rows * library_depth);
    std::vector<std::int8_t> w(library_depth * library_columns);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint8_t>(7 * i);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<std::int8_t>(5 * i + 3);
    std::vector<std::int32_t> y(library_rows * library_columns);
    library_multiply(x, w, y);
    std::int32_t last = 0;
    for (std::size_t k = 0; k < library_depth; ++k) {
      last +=
          int{x[(library_rows - 1) * library_depth + k]} * int{w[(k + 1) * library_columns - 1]};
    }
    wrong += y.back() != last;
    kiln::simd::tile_config now{};
    kiln::simd::store_tile_config(now);
    released += now.palette == 0;
  }
  void sometimes() {
    if (++calls % 256 != 0) return;
    ++runs;
    if (net != nullptr) wrong += net->run(0) != net->meaning(0).value;
    if (library) run_library();
  }
};
others at_work;

constexpr auto interrupted = [](float v) {
  at_work.sometimes();
  return v;
};
// In a product's own stage, in the one behind it, and a product after both.
constexpr auto x = kiln::input<"x", bf16>(33_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", bf16>(64_c, 80_c);
constexpr auto w2 = kiln::weight<"w2", bf16>(80_c, 48_c);
constexpr auto h = kiln::map(interrupted, kiln::cast<f32>(kiln::matmul(x, w1)));
constexpr auto y = kiln::matmul(kiln::cast<bf16>(kiln::map(interrupted, kiln::softmax(h))), w2);
using net = kiln::compile<y>;
constexpr long calls = 2L * 33 * 80, runs = calls / 256;

// The result among runs of others, as without.
long check_among(const others& who) {
  const kiln::test::bound_net<net, "x"> around(1);
  at_work = {};
  const std::vector<double> alone = around.run(0);
  CHECK(kiln::test::problem_of(around.meaning(0), alone) == "");
  at_work = who;
  static_cast<void>(kiln::test::take_interpreted());
  const std::vector<double> among = around.run(0);
  const long dots = kiln::test::take_interpreted().dots;
  CHECK(among == alone);
  CHECK(at_work.calls == calls);
  CHECK(at_work.runs == runs);
  CHECK(at_work.wrong == 0);
  return dots - tile_products(33, 80, 2 * 64) - tile_products(33, 48, 2 * 80);
}

}  // namespace

TEST_CASE("a net runs inside of another one's functions") {
  kiln::test::interpret_nets();
  const small_bound inner(2);
  CHECK(check_among({.net = &inner}) == runs * tile_products(33, 20, 40));
}

TEST_CASE("a library's net inside of a function gives up tiles that are in use") {
  kiln::test::interpret_nets();
  library_let_tiles_be_used();
  CHECK(check_among({.library = true})
        == runs * tile_products(library_rows, library_columns, library_depth));
  CHECK(at_work.released == runs);
}
