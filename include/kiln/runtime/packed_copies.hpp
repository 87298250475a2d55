// SPDX-License-Identifier: MIT
// Packed weights once more for each thread of a team.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/executor.hpp>
#include <kiln/core/int_math.hpp>
#include <kiln/core/target.hpp>
#include <kiln/plan/work.hpp>
#include <kiln/tensor/buffer.hpp>

#include <cstddef>
#include <cstring>

namespace kiln::runtime {
inline namespace KILN_ISA {

/// Bytes from one thread's copy to the next one's: pairs of lines, as cores fetch them, of which
/// the last may begin behind the copy.
constexpr std::size_t copy_distance(std::size_t packed_bytes) {
  return core::round_up(packed_bytes, std::size_t{128}) + 128;
}

/// Whether the threads of a team read copies: where the weights fill half of a core's own caches at
/// most, and for 16 threads at most, for which that is at most 16 MiB.
///
/// Lines that several cores hold are taken from one of them now and then, by another core or by the
/// cache behind them; their own ones stay. On two threads a net of 340 KB of bf16 takes a tenth to
/// a fifth less time with copies, at 32 to 256 rows; one of 680 KB of f32 takes 2 to 5 % less.
/// Larger weights come from farther away anyway.
constexpr bool pays_to_copy(std::size_t packed_bytes, int threads, const core::target& machine) {
  const auto room = static_cast<std::size_t>(plan::own_cache_bytes(machine)) / 2;
  return threads > 1 && threads <= 16 && packed_bytes > 0 && packed_bytes <= room;
}

/// Copies for all threads but the first; none where they do not pay. Each is written by the thread
/// that will read it, if the executor gives part i to the same one each time.
///
/// @errors  run time: std::bad_alloc
inline tensor::buffer copies_for(const core::team& team,
                                 const std::byte* packed,
                                 std::size_t packed_bytes,
                                 const core::target& machine = core::native) {
  if (!pays_to_copy(packed_bytes, team.threads(), machine)) return {};
  const std::size_t distance = copy_distance(packed_bytes);
  tensor::buffer copies(static_cast<std::size_t>(team.threads() - 1) * distance);
  std::byte* const first = copies.data();
  team.parallel_for(team.threads(), [=](int part) noexcept {
    if (part == 0) return;
    std::memcpy(first + static_cast<std::size_t>(part - 1) * distance, packed, packed_bytes);
  });
  return copies;
}

}  // namespace KILN_ISA
}  // namespace kiln::runtime
