// SPDX-License-Identifier: MIT
// Blocks of a convolution on AMX tiles: their sums over taps against the model's.
#include <kiln/kernel/conv2d/tiled_block.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#if defined(__x86_64__)

#  include <array>
#  include <cstddef>
#  include <cstdint>
#  include <cstring>
#  include <memory>
#  include <support/amx_check.hpp>
#  include <support/amx_interpreter.hpp>
#  include <support/amx_model.hpp>

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;

namespace {

static_assert(conv2d::detail::block_configs<10>[4].rows[0] == 5);
static_assert(conv2d::detail::block_configs<10>[4].row_bytes[4] == 40);
static_assert(conv2d::detail::block_configs<10>[4].rows[6] == 10);

constexpr std::size_t steps = 2;
constexpr std::size_t pixel = 192;

// Three taps, two steps each and not in the order of filters, of bytes whatever they are.
struct sides final {
  alignas(64) std::array<std::uint8_t, 64 * pixel> a{};
  alignas(64) std::array<std::uint8_t, 2 * 3 * steps * 1024> b{};
  alignas(64) std::array<std::byte, 4096> sums{};
  conv2d::tap_list taps{};
  explicit sides(std::size_t words) {
    const auto tap = static_cast<std::ptrdiff_t>(words * 64 * steps);
    taps.count = 3;
    taps.taps[0] = {0, 0};
    taps.taps[1] = {20 * pixel + 7, 2 * tap};
    taps.taps[2] = {pixel, tap};
    kiln::test::byte_source next(5);
    for (auto& x : a) x = static_cast<std::uint8_t>(next.word() >> 9);
    for (auto& x : b) x = static_cast<std::uint8_t>(next.word() >> 9);
  }
};

// One tile of sums by the model: row of tiles i, panel j.
std::array<std::uint8_t, 1024> expected(const sides& s,
                                        const simd::tile_config& config,
                                        std::size_t words,
                                        std::size_t i,
                                        std::size_t j) {
  kiln::test::amx_model model;
  CHECK(model.load_config(reinterpret_cast<const std::uint8_t*>(&config)));
  CHECK(model.zero(0));
  for (std::size_t n = 0; n < s.taps.count; ++n) {
    const std::uint8_t* a = s.a.data() + 16 * i * pixel + s.taps.taps[n].image;
    const std::uint8_t* b = s.b.data() + j * s.b.size() / 2 + s.taps.taps[n].filters;
    for (std::size_t k = 0; k < steps; ++k, a += 4 * words, b += 64 * words) {
      CHECK(model.load(4, a, pixel));
      CHECK(model.load(6, b, 64));
      CHECK(model.add_bytes(0, 4, 6, false, true));
    }
  }
  std::array<std::uint8_t, 1024> sums{};
  CHECK(model.store(0, sums.data(), 64));
  return sums;
}

template <int Rows, int Panels>
void check_sums(const sides& s, const simd::tile_config& config, std::size_t words) {
  for (std::size_t i = 0; i < std::size_t{Rows}; ++i) {
    for (std::size_t j = 0; j < std::size_t{Panels}; ++j) {
      const auto sums = expected(s, config, words, i, j);
      const std::byte* at = s.sums.data() + (i * std::size_t{Panels} + j) * 1024;
      CHECK(std::memcmp(at, sums.data(), sums.size()) == 0);
    }
  }
}

template <int Rows, int Panels, int Words, int Once = 0, int Fetches = 0>
void check_block() {
  if (!simd::may_use_tiles()) kiln::test::interpret_amx();
  constexpr conv2d::block_shape shape{arithmetic::u8s8, Rows, Panels, Words, Once, Fetches};
  const auto s = std::make_unique<sides>(std::size_t{Words});
  const auto* a = reinterpret_cast<const std::byte*>(s->a.data());
  const auto* b = reinterpret_cast<const std::byte*>(s->b.data());
  const conv2d::block_place t{.a = {a, a + 16 * pixel},
                              .a_row = pixel,
                              .taps = &s->taps,
                              .steps = steps,
                              .b = b,
                              .b_stride = s->b.size() / 2,
                              .next = b,
                              .next_lines = 1};
  const simd::tile_config& config = conv2d::block_config<Words>(16);
  const simd::tile_holder tiles;
  tiles.use(config);
  std::size_t between = 0;
  const auto count = [&between] { ++between; };
  // The second block stores what the first one has left, and leaves the same.
  conv2d::sum_taps<shape>(t, nullptr, count);
  conv2d::sum_taps<shape>(t, s->sums.data(), count);
  CHECK(between == 2 * 3 * steps);
  check_sums<Rows, Panels>(*s, config, std::size_t{Words});
  s->sums.fill({});
  kiln::kernel::gemm::store_sums(s->sums.data(), Rows * Panels);
  check_sums<Rows, Panels>(*s, config, std::size_t{Words});
}

}  // namespace

TEST_CASE("blocks of every shape sum up over taps what the model does") {
  check_block<2, 2, 16>();
  check_block<2, 2, 10, 1, 1>();
  check_block<2, 1, 16>();
  check_block<1, 2, 3>();
  check_block<1, 1, 16>();
}
TEST_CASE("whole steps take the tiles of products") {
  CHECK(&conv2d::block_config<16>(7) == &gemm::tiled_configs[6]);
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
