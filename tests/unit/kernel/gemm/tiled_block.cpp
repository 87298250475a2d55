// SPDX-License-Identifier: MIT
// Blocks of AMX tiles: their sums against the model's, and how they are configured.
#include <kiln/kernel/gemm/tiled_block.hpp>
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

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;

namespace {

static_assert(gemm::has_tiles(arithmetic::bf16) && gemm::has_tiles(arithmetic::u8s7));
static_assert(gemm::has_tiles(arithmetic::s8s8) && !gemm::has_tiles(arithmetic::f32_bf16));
static_assert(gemm::tiled_configs[4].rows[0] == 5 && gemm::tiled_configs[4].rows[5] == 5);
static_assert(gemm::tiled_configs[4].rows[6] == 16 && gemm::tiled_configs[4].rows[7] == 16);
static_assert(gemm::tiled_configs[15].row_bytes[0] == 64);

void start() {
  if (!simd::may_use_tiles()) kiln::test::interpret_amx();
}

constexpr std::size_t steps = 3;

// Two rows of tiles, four panels, of bytes whatever they are.
struct sides final {
  alignas(64) std::array<std::uint8_t, 32 * 64 * steps> a{};
  alignas(64) std::array<std::uint8_t, 4 * 1024 * steps> b{};
  alignas(64) std::array<std::byte, 4096> sums{};
  sides() {
    kiln::test::byte_source next(5);
    for (auto& x : a) x = static_cast<std::uint8_t>(next.word() >> 9);
    for (auto& x : b) x = static_cast<std::uint8_t>(next.word() >> 9);
  }
};

// One tile of sums by the model: row of tiles i, panel j, of which the last step is the rest.
std::array<std::uint8_t, 1024> expected(const sides& s,
                                        std::size_t i,
                                        std::size_t j,
                                        bool is_signed) {
  kiln::test::amx_model model;
  CHECK(model.load_config(reinterpret_cast<const std::uint8_t*>(&gemm::tiled_configs[15])));
  CHECK(model.zero(0));
  for (std::size_t k = 0; k < steps; ++k) {
    CHECK(model.load(1, s.a.data() + i * 16 * 64 * steps + k * 64, 64 * steps));
    CHECK(model.load(2, s.b.data() + j * 1024 * steps + k * 1024, 64));
    CHECK(model.add_bytes(0, 1, 2, is_signed, true));
  }
  std::array<std::uint8_t, 1024> sums{};
  CHECK(model.store(0, sums.data(), 64));
  return sums;
}

template <gemm::tiled_shape S>
bool has_sums(const sides& s, const std::byte* sums) {
  for (std::size_t i = 0; i < std::size_t{S.rows}; ++i) {
    for (std::size_t j = 0; j < std::size_t{S.panels}; ++j, sums += 1024) {
      const auto wanted = expected(s, i, j, S.numbers == arithmetic::s8s8);
      if (std::memcmp(sums, wanted.data(), wanted.size()) != 0) return false;
    }
  }
  return true;
}

// Two blocks one after the other, of which the second one stores what the first one left.
template <gemm::tiled_shape S>
void check_block() {
  start();
  const auto s = std::make_unique<sides>();
  const auto* a = reinterpret_cast<const std::byte*>(s->a.data());
  const auto* b = reinterpret_cast<const std::byte*>(s->b.data());
  // The last step is handed over as what is left of k.
  alignas(64) std::array<std::byte, 2048> a_rest{};
  for (std::size_t i = 0; i < 32; ++i) {
    std::memcpy(a_rest.data() + i * 64, a + i * 64 * steps + 64 * (steps - 1), 64);
  }
  const gemm::tiled_place t{.a = {a, a + 16 * 64 * steps},
                            .a_row = 64 * steps,
                            .b = b,
                            .b_stride = 1024 * steps,
                            .steps = steps - 1,
                            .a_rest = {a_rest.data(), a_rest.data() + 1024},
                            .b_rest = b + 1024 * (steps - 1),
                            .b_rest_stride = 1024 * steps,
                            .next = b,
                            .next_lines = 2};
  constexpr auto count = static_cast<std::size_t>(S.rows * S.panels);
  std::size_t between = 0;
  const auto count_steps = [&between] { ++between; };
  const simd::tile_holder tiles;
  tiles.use(gemm::tiled_configs[15]);
  gemm::multiply_tiles<S>(t, nullptr, count_steps);
  CHECK(between == steps);
  gemm::multiply_tiles<S>(t, s->sums.data(), count_steps);
  CHECK(between == 2 * steps);
  CHECK(has_sums<S>(*s, s->sums.data()));
  s->sums.fill(std::byte{});
  gemm::store_sums(s->sums.data(), count);
  CHECK(has_sums<S>(*s, s->sums.data()));
  if (count < 4) CHECK(s->sums[count * 1024] == std::byte{});
  // Without a step nothing but zeros is left, and the sums before are stored all the same.
  s->sums.fill(std::byte{});
  gemm::multiply_tiles<S>({}, s->sums.data());
  CHECK(has_sums<S>(*s, s->sums.data()));
  gemm::store_sums(s->sums.data(), count);
  CHECK(s->sums == std::array<std::byte, 4096>{});
}

}  // namespace

TEST_CASE("blocks of every shape sum up what the model does") {
  using gemm::passing;
  check_block<gemm::tiled_shape{arithmetic::u8s8, 2, 2}>();
  check_block<gemm::tiled_shape{arithmetic::s8s8, 2, 2, passing::left}>();
  check_block<gemm::tiled_shape{arithmetic::u8s8, 2, 2, passing::right, 1}>();
  check_block<gemm::tiled_shape{arithmetic::u8s8, 2, 1}>();
  check_block<gemm::tiled_shape{arithmetic::s8s8, 1, 1}>();
  check_block<gemm::tiled_shape{arithmetic::u8s8, 1, 2}>();
  check_block<gemm::tiled_shape{arithmetic::u8s8, 1, 3}>();
  check_block<gemm::tiled_shape{arithmetic::u8s8, 1, 4, passing::right}>();
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
