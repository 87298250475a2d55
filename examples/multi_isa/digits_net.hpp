// SPDX-License-Identifier: MIT
// The digits net as the service sees it: no kiln, and no instruction set.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

/// Weights of the net 64 -> 64 -> 10, row-major; read once and not kept.
struct digits_data final {
  std::span<const float> w1, b1;  // [64, 64], [64]
  std::span<const float> w2, b2;  // [64, 10], [10]
};

/// Images of a call.
inline constexpr std::size_t batch = 32;

/// One net: scores of a batch of images a call, in bf16. One run at a time for each object.
class digits_net {
 public:
  digits_net() = default;
  digits_net(const digits_net&) = delete;
  digits_net& operator=(const digits_net&) = delete;
  virtual ~digits_net() = default;

  /// images: [batch, 64], scores: [batch, 10].
  virtual void run(std::span<const float, batch * 64> images,
                   std::span<float, batch * 10> scores) noexcept = 0;
};

/// What every instruction set provides.
struct digits_table final {
  std::unique_ptr<digits_net> (*make)(const digits_data& data);
};

/// The table of the best instruction set that this machine runs, or of the one that the environment
/// variable KILN_ISA names. Throws kiln::error, a std::runtime_error, if there is none.
extern "C" const digits_table* digits_kernels();

/// Its name.
extern "C" const char* digits_kernels_isa();
