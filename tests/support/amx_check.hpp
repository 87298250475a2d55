// SPDX-License-Identifier: MIT
// Every AMX instruction as the library writes it, compared with the model, bit for bit.
#pragma once

#include <kiln/simd/amx.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <support/amx_model.hpp>

namespace kiln::test {

/// Eight tiles' worth of bytes in memory, in rows of a cache line.
struct tile_memory final {
  alignas(64) std::array<std::array<std::array<std::uint8_t, 64>, 16>, 8> tile{};
};

/// Bytes that are the same in every run.
class byte_source final {
 public:
  explicit byte_source(std::uint32_t seed)
      : state_(seed * 2654435769U + 1U) {}
  std::uint32_t word() {
    state_ = state_ * 1664525U + 1013904223U;
    return state_ ^ (state_ >> 15);
  }

 private:
  std::uint32_t state_;
};

/// Any bits, or pairs of bf16 of which some are special: zeros, denormal, infinite or no numbers.
inline void fill(tile_memory& memory, std::uint32_t seed, bool pairs) {
  byte_source next(seed);
  constexpr std::array<std::uint32_t, 12> special{0x0000,
                                                  0x8000,
                                                  0x0001,
                                                  0x807f,
                                                  0x0080,
                                                  0x8080,
                                                  0x7f80,
                                                  0xff80,
                                                  0x7fc0,
                                                  0x7f7f,
                                                  0x3f80,
                                                  0x0040};
  for (auto& tile : memory.tile) {
    for (auto& row : tile) {
      for (std::size_t i = 0; i < row.size(); i += 4) {
        std::uint32_t w = next.word();
        if (pairs) {
          // Exponents around 127, so that sums round, cancel and stay finite.
          const auto one = [&] {
            const std::uint32_t r = next.word() >> 8;
            if (seed % 4 == 0 && r % 8 == 0) return special[r / 8 % special.size()];
            // Or around the least one, so that products vanish.
            const std::uint32_t exponent = (seed % 4 == 1 ? 60U : 124U) + r % 8;
            return (r & 0x8000U) | exponent << 7 | (r >> 4 & 0x7fU);
          };
          w = one() | one() << 16;
        }
        std::memcpy(row.data() + i, &w, sizeof w);
      }
    }
  }
}

/// Words that are equal, or both no numbers: which one of several comes out is not what counts.
inline bool same_word(std::uint32_t x, std::uint32_t y, bool is_float) {
  const auto is_nan = [](std::uint32_t w) { return (w & 0x7fffffffU) > 0x7f800000U; };
  return x == y || (is_float && is_nan(x) && is_nan(y));
}

/// The tiles that the library's functions and the model go through together.
template <simd::tile_shape C, simd::tile_shape A, simd::tile_shape B>
class tile_pair final {
 public:
  static constexpr simd::tile_config config = simd::configure_tiles({C, A, B});

  explicit tile_pair(std::uint32_t seed, bool pairs) {
    fill(*memory_, seed, pairs);
    simd::load_tile_config(config);
    CHECK(model_.load_config(reinterpret_cast<const std::uint8_t*>(&config)));
    simd::load_tile<0>(memory_->tile[0].data(), 64);
    simd::load_tile<1>(memory_->tile[1].data(), 64);
    simd::load_tile_once<2>(memory_->tile[2].data(), 64);
    for (std::size_t t = 0; t < 3; ++t) CHECK(model_.load(t, memory_->tile[t][0].data(), 64));
  }
  tile_pair(const tile_pair&) = delete;
  tile_pair& operator=(const tile_pair&) = delete;
  ~tile_pair() { simd::release_tiles(); }

  amx_model& model() { return model_; }

  /// Number of words in which tile 0 differs; what lies around its rows must not be written.
  int differences(bool is_float) {
    constexpr std::size_t stride = 96;
    constexpr std::uint8_t untouched = 0xa5;
    std::array<std::uint8_t, 16 * stride> real{}, expected{};
    real.fill(untouched);
    expected.fill(untouched);
    simd::store_tile<0>(real.data(), stride);
    CHECK(model_.store(0, expected.data(), stride));
    int count = 0;
    for (std::size_t i = 0; i < real.size(); i += 4) {
      std::uint32_t x = 0, y = 0;
      std::memcpy(&x, real.data() + i, 4);
      std::memcpy(&y, expected.data() + i, 4);
      if (!same_word(x, y, is_float)) ++count;
    }
    return count;
  }

 private:
  std::unique_ptr<tile_memory> memory_ = std::make_unique<tile_memory>();
  amx_model model_;
};

/// Tiles of M rows, N words and K words deep: loads, stores, zero, and all five products.
template <int M, int N, int K>
void check_products() {
  using simd::byte_signs;
  using tiles =
      tile_pair<simd::tile_shape{M, 4 * N}, simd::tile_shape{M, 4 * K}, simd::tile_shape{K, 4 * N}>;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    INFO(M, " x ", K, " x ", N, ", seed ", seed);
    tiles bytes(seed, false);
    CHECK(bytes.differences(false) == 0);
    simd::add_tile_of_bytes<byte_signs::signed_signed, 0, 1, 2>();
    CHECK(bytes.model().add_bytes(0, 1, 2, true, true));
    CHECK(bytes.differences(false) == 0);
    simd::add_tile_of_bytes<byte_signs::signed_unsigned, 0, 1, 2>();
    CHECK(bytes.model().add_bytes(0, 1, 2, true, false));
    CHECK(bytes.differences(false) == 0);
    simd::add_tile_of_bytes<byte_signs::unsigned_signed, 0, 1, 2>();
    CHECK(bytes.model().add_bytes(0, 1, 2, false, true));
    CHECK(bytes.differences(false) == 0);
    simd::add_tile_of_bytes<byte_signs::unsigned_unsigned, 0, 1, 2>();
    CHECK(bytes.model().add_bytes(0, 1, 2, false, false));
    CHECK(bytes.differences(false) == 0);
    simd::zero_tile<0>();
    CHECK(bytes.model().zero(0));
    CHECK(bytes.differences(false) == 0);
  }
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    INFO(M, " x ", K, " x ", N, ", seed ", seed);
    tiles pairs(seed, true);
    for (int i = 0; i < 3; ++i) {
      simd::add_tile_of_pairs<0, 1, 2>();
      CHECK(pairs.model().add_pairs(0, 1, 2));
    }
    CHECK(pairs.differences(true) == 0);
  }
}

/// Full tiles and ever smaller ones.
inline void check_all_products() {
  check_products<16, 16, 16>();
  check_products<1, 1, 1>();
  check_products<5, 16, 16>();
  check_products<16, 7, 16>();
  check_products<16, 16, 3>();
  check_products<13, 11, 9>();
}

/// The tile numbers that the products above leave out.
inline void check_other_tiles() {
  static constexpr simd::tile_shape full{16, 64};
  static constexpr simd::tile_config config =
      simd::configure_tiles({full, full, full, full, full, full, full, full});
  const auto memory = std::make_unique<tile_memory>();
  fill(*memory, 7, false);
  amx_model model;
  simd::load_tile_config(config);
  CHECK(model.load_config(reinterpret_cast<const std::uint8_t*>(&config)));
  simd::load_tile<3>(memory->tile[3].data(), 64);
  simd::load_tile<4>(memory->tile[4].data(), 64);
  simd::load_tile<5>(memory->tile[5].data(), 64);
  simd::load_tile<6>(memory->tile[6].data(), 64);
  simd::load_tile<7>(memory->tile[7].data(), 64);
  for (std::size_t t = 3; t < 8; ++t) CHECK(model.load(t, memory->tile[t][0].data(), 64));
  simd::add_tile_of_bytes<simd::byte_signs::unsigned_signed, 3, 4, 6>();
  simd::add_tile_of_bytes<simd::byte_signs::unsigned_signed, 3, 5, 7>();
  CHECK(model.add_bytes(3, 4, 6, false, true));
  CHECK(model.add_bytes(3, 5, 7, false, true));
  std::array<std::uint8_t, 1024> real{}, expected{};
  simd::store_tile<3>(real.data(), 64);
  CHECK(model.store(3, expected.data(), 64));
  CHECK(real == expected);
  simd::release_tiles();
}

}  // namespace kiln::test
