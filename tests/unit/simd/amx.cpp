// SPDX-License-Identifier: MIT
// Tile instructions against the model: on the hardware where there is some, else interpreted.
#include <kiln/simd/amx.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#if defined(__x86_64__)

#  include <array>
#  include <cstddef>
#  include <cstdint>
#  include <cstring>
#  include <support/amx_check.hpp>
#  include <support/amx_interpreter.hpp>

namespace simd = kiln::simd;

namespace {

constexpr simd::tile_shape full{16, 64};
constexpr simd::tile_shape small{3, 20};

static_assert(simd::is_valid({full, small}));
static_assert(!simd::is_valid({simd::tile_shape{17, 64}}));
static_assert(!simd::is_valid({simd::tile_shape{16, 68}}));
static_assert(!simd::is_valid({simd::tile_shape{16, 0}}));
static_assert(!simd::is_valid({simd::tile_shape{0, 64}}));
static_assert(!simd::is_valid({simd::tile_shape{1, 3}}));
static_assert(!simd::is_valid({simd::tile_shape{-1, 4}}));

constexpr simd::tile_config config = simd::configure_tiles({full, small});
static_assert(config.palette == 1 && config.rows[1] == 3 && config.row_bytes[1] == 20);
static_assert(config.rows[2] == 0 && config.row_bytes[2] == 0);

// What the machine refuses, the model refuses.
constexpr bool model_takes(std::size_t byte, std::uint8_t value) {
  std::array<std::uint8_t, 64> bytes{};
  bytes[0] = 1;
  bytes[byte] = value;
  return kiln::test::amx_model{}.load_config(bytes.data());
}
static_assert(model_takes(0, 1) && model_takes(0, 0) && !model_takes(0, 2));
static_assert(!model_takes(5, 1) && !model_takes(16, 4) && !model_takes(48, 1));
static_assert(!model_takes(40, 1) && !model_takes(60, 1));

// On the hardware if this process may use it.
bool start() {
  const bool real = simd::may_use_tiles();
  if (!real) kiln::test::interpret_amx();
  return real;
}

}  // namespace

TEST_CASE("tile instructions do what the model says") {
  start();
  kiln::test::check_all_products();
  kiln::test::check_other_tiles();
}

TEST_CASE("the configuration in use can be read back, and ends with its release") {
  start();
  simd::load_tile_config(config);
  simd::tile_config read{};
  simd::store_tile_config(read);
  CHECK(read == config);
  simd::release_tiles();
  simd::store_tile_config(read);
  simd::tile_config none{};
  none.palette = 0;
  CHECK(read == none);
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
