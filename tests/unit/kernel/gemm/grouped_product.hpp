// SPDX-License-Identifier: MIT
// A product by weights in groups, packed as at bind, and what it should be.
#pragma once

#include <kiln/core/half.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>
#include <kiln/kernel/gemm/grouped_operands.hpp>
#include <kiln/kernel/gemm/pack.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace grouped_test {

namespace gemm = kiln::kernel::gemm;
namespace core = kiln::core;

struct sizes final {
  std::size_t m, n, k, group;
};

/// Random numbers; the result has a column of guards behind its own.
template <gemm::grouped_form F>
class product final {
 public:
  explicit product(const sizes& size)
      : s_(size),
        a_(s_.m * a_row()),
        numbers_(s_.k * s_.n),
        scale_(s_.k / s_.group * s_.n),
        zero_(scale_.size()),
        c_(s_.m * (s_.n + 1), guard) {
    std::mt19937 engine(static_cast<unsigned>(s_.m * 31 + s_.n * 7 + s_.k));
    const auto any = [&](unsigned n) { return static_cast<float>(engine() % n); };
    for (float& x : a_) x = any(201) / 100 - 1;
    for (auto& x : numbers_) x = static_cast<std::uint8_t>(engine() >> 7U & most);
    for (float& x : scale_) x = (any(64) - 20) / 64;  // f16 holds them
    for (float& x : zero_) x = F.zeros != 0 ? any(most + 1) : static_cast<float>(middle_of(F));
    pack();
  }

  [[nodiscard]] gemm::grouped_operands operands() const {
    return {.a = a_.data(),
            .a_row = static_cast<std::ptrdiff_t>(a_row()),
            .b = b_.data(),
            .scale = packed_scale_.data(),
            .zero = F.zeros != 0 ? packed_zero_.data() : nullptr,
            .m = s_.m,
            .n = s_.n,
            .k = s_.k,
            .group = s_.group};
  }
  gemm::plain_store store() {
    return {.c = c_.data(), .row_stride = static_cast<std::ptrdiff_t>(s_.n + 1)};
  }
  [[nodiscard]] const std::vector<float>& result() const { return c_; }

  /// b[i, j] as it is meant.
  [[nodiscard]] double weight(std::size_t i, std::size_t j) const {
    const std::size_t p = i / s_.group * s_.n + j;
    const double number = numbers_[i * s_.n + j];
    return (number - static_cast<double>(zero_[p])) * static_cast<double>(scale_[p]);
  }
  /// Every element within (k + 3) eps sum |a b|, and nothing written behind the rows.
  [[nodiscard]] bool is_right() const {
    constexpr double eps = 0x1p-24;
    bool right = true;
    for (std::size_t i = 0; i < s_.m; ++i) {
      for (std::size_t j = 0; j < s_.n; ++j) {
        double sum = 0, magnitude = 0;
        for (std::size_t q = 0; q < s_.k; ++q) {
          const double x = static_cast<double>(a_[i * a_row() + q]) * weight(q, j);
          sum += x;
          magnitude += std::fabs(x);
        }
        const double found = static_cast<double>(c_[i * (s_.n + 1) + j]);
        right = right && std::fabs(found - sum) <= static_cast<double>(s_.k + 3) * eps * magnitude;
      }
      right = right && c_[i * (s_.n + 1) + s_.n] == guard;
    }
    return right;
  }

 private:
  static constexpr float guard = -12345;
  static constexpr unsigned most = (1U << static_cast<unsigned>(F.bits)) - 1;
  static constexpr std::size_t in_byte = 8 / static_cast<std::size_t>(F.bits);

  [[nodiscard]] std::size_t a_row() const { return s_.k + 5; }

  static std::vector<std::byte> packed_parameters(const std::vector<float>& x,
                                                  const sizes& s,
                                                  bool half) {
    const std::size_t groups = s.k / s.group;
    const auto row = static_cast<std::ptrdiff_t>(s.n);
    std::vector<std::byte> out(gemm::packed_elems(groups, s.n) * (half ? 2 : 4));
    if (half) {
      std::vector<core::f16> small;
      for (const float v : x) small.push_back(core::to_f16(v));
      gemm::pack_b<gemm::arithmetic::f32_f16>(
          small.data(), row, 1, groups, s.n, reinterpret_cast<core::f16*>(out.data()));
    } else {
      gemm::pack_b(x.data(), row, 1, groups, s.n, reinterpret_cast<float*>(out.data()));
    }
    return out;
  }
  void pack() {
    const std::size_t rows = s_.k / in_byte;
    std::vector<std::int8_t> bytes(rows * s_.n);
    for (std::size_t i = 0; i < s_.k; ++i) {
      for (std::size_t j = 0; j < s_.n; ++j) {
        const int shifted = numbers_[i * s_.n + j] << (i % in_byte * 4);
        auto& byte = bytes[i / in_byte * s_.n + j];
        byte = static_cast<std::int8_t>(static_cast<std::uint8_t>(byte) | shifted);
      }
    }
    using gemm::arithmetic;
    b_.resize(gemm::packed_bytes(arithmetic::u8s8, rows, s_.n));
    gemm::pack_b<arithmetic::u8s8>(bytes.data(),
                                   static_cast<std::ptrdiff_t>(s_.n),
                                   1,
                                   rows,
                                   s_.n,
                                   reinterpret_cast<std::int8_t*>(b_.data()));
    packed_scale_ = packed_parameters(scale_, s_, F.half_scale != 0);
    packed_zero_ = packed_parameters(zero_, s_, F.half_zero != 0);
  }

  sizes s_;
  std::vector<float> a_;
  std::vector<std::uint8_t> numbers_;
  std::vector<float> scale_, zero_;
  std::vector<float> c_;
  std::vector<std::byte> b_, packed_scale_, packed_zero_;
};

inline constexpr gemm::grouped_form four{.bits = 4};
inline constexpr gemm::grouped_form four_half_zeros{
    .bits = 4, .half_scale = 1, .zeros = 1, .half_zero = 1};
inline constexpr gemm::grouped_form eight{.bits = 8, .half_scale = 1};
inline constexpr gemm::grouped_form eight_zeros{.bits = 8, .zeros = 1};

/// The configuration of a product of at most M rows in any number.
template <int M>
constexpr gemm::config any_rows() {
  const auto tile = kiln::tensor::default_tile(core::native, M);
  return gemm::with_rows(gemm::configure(tile, gemm::a_form::k_contiguous, M, 0, 0), 0, 0);
}

}  // namespace grouped_test
