// SPDX-License-Identifier: MIT
// How much scratch a team needs: what its threads share, and a block for each of them.
#pragma once

#include <kiln/core/int_math.hpp>

#include <cstdint>

namespace kiln::plan {

/// Alignment of every placed tensor: a cache line.
inline constexpr std::int64_t scratch_alignment = 64;

/// Bytes from the block scratch of one thread to that of the next: no line and no pair of lines is
/// in two of them, and they are not a multiple of 4 KiB apart, for two threads of one core share
/// its nearest cache.
template <class Plan>
constexpr std::int64_t block_distance(const Plan& p) {
  if (p.block_bytes == 0) return 0;
  const std::int64_t bytes =
      core::round_up(p.block_bytes + scratch_alignment, 2 * scratch_alignment);
  return bytes % 4096 == 0 ? bytes + 2 * scratch_alignment : bytes;
}

/// Bytes of scratch for so many threads: what they share, then a block for each.
template <class Plan>
constexpr std::int64_t scratch_for(const Plan& p, int threads) {
  return p.scratch_bytes + (threads - 1) * block_distance(p);
}

}  // namespace kiln::plan
