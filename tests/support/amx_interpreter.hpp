// SPDX-License-Identifier: MIT
// Executes the AMX instructions of a program on machines without them: the machine code itself
// runs, each tile instruction as the model says.
#pragma once

#include <array>
#include <cpuid.h>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <support/amx_model.hpp>
#include <ucontext.h>
#include <utility>

namespace kiln::test {

/// Instructions that were interpreted, by kind.
struct amx_counts final {
  long configs = 0;
  long releases = 0;
  long loads = 0;
  long stores = 0;
  long zeros = 0;
  long dots = 0;

  friend constexpr bool operator==(const amx_counts&, const amx_counts&) = default;
};

/// What blocks of so many rows and panels need for so many steps, and nothing more: a load for each
/// side of each tile, a product a tile, each sum cleared once and stored once.
constexpr amx_counts paper(long blocks, long rows, long panels, long steps) {
  const long sums = blocks * rows * panels;
  return {.loads = blocks * steps * (rows + panels),
          .stores = sums,
          .zeros = sums,
          .dots = sums * steps};
}

namespace detail {

inline thread_local amx_model interpreted_tiles;
inline thread_local amx_counts interpreted;
inline thread_local long interpreted_once = 0;

// Where the machine keeps register 0 to 15 of an address.
inline std::uint64_t general_register(const ucontext_t& at, unsigned number) {
  static constexpr std::array places{REG_RAX,
                                     REG_RCX,
                                     REG_RDX,
                                     REG_RBX,
                                     REG_RSP,
                                     REG_RBP,
                                     REG_RSI,
                                     REG_RDI,
                                     REG_R8,
                                     REG_R9,
                                     REG_R10,
                                     REG_R11,
                                     REG_R12,
                                     REG_R13,
                                     REG_R14,
                                     REG_R15};
  return static_cast<std::uint64_t>(at.uc_mcontext.gregs[places[number]]);
}

// One instruction with a three-byte VEX prefix, of the map and kind that tiles use:
// c4 RXBmmmmm WvvvvLpp opcode ModRM [SIB] [displacement].
struct tile_instruction final {
  unsigned opcode = 0;
  unsigned prefix = 0;  // pp: none, 66, f3, f2
  bool has_memory = false;
  unsigned reg = 0;
  unsigned rm = 0;
  unsigned third = 0;  // vvvv
  std::uint64_t base = 0;
  std::uint64_t index = 0;
  std::size_t bytes = 0;
};

inline void decode_memory(tile_instruction& x, const ucontext_t& at, const std::uint8_t* code) {
  const unsigned mode = code[4] >> 6;
  const bool high_index = (code[1] & 0x40) == 0;
  const bool high_base = (code[1] & 0x20) == 0;
  unsigned base = code[4] & 7U;
  const bool has_sib = base == 4;
  if (has_sib) {
    const std::uint8_t sib = code[5];
    x.bytes = 6;
    const unsigned index = ((sib >> 3) & 7U) | (high_index ? 8U : 0U);
    if (index != 4) x.index = general_register(at, index) << (sib >> 6);
    base = sib & 7U;
  }
  const bool no_base = mode == 0 && base == 5;
  if (!no_base) x.base = general_register(at, base | (high_base ? 8U : 0U));
  std::int64_t distance = 0;
  if (mode == 1) {
    distance = static_cast<std::int8_t>(code[x.bytes]);
    x.bytes += 1;
  } else if (mode == 2 || no_base) {
    std::int32_t wide = 0;
    std::memcpy(&wide, code + x.bytes, sizeof wide);
    distance = wide;
    x.bytes += sizeof wide;
  }
  x.base += static_cast<std::uint64_t>(distance);
  // Without any register the distance counts from the next instruction.
  if (no_base && !has_sib) x.base += reinterpret_cast<std::uint64_t>(code) + x.bytes;
}

inline bool decode(tile_instruction& x, const ucontext_t& at) {
  const auto* code = reinterpret_cast<const std::uint8_t*>(at.uc_mcontext.gregs[REG_RIP]);
  constexpr unsigned escape = 0xc4, map = 2;
  if (code[0] != escape || (code[1] & 0x1f) != map || (code[2] & 0x84) != 0) return false;
  x.opcode = code[3];
  x.prefix = code[2] & 3U;
  x.has_memory = code[4] >> 6 != 3;
  x.reg = (code[4] >> 3) & 7U;
  x.rm = code[4] & 7U;
  x.third = (~(code[2] >> 3)) & 15U;
  x.bytes = 5;
  if (x.has_memory) decode_memory(x, at, code);
  return true;
}

inline bool execute_config(const tile_instruction& x) {
  auto* const memory = reinterpret_cast<std::uint8_t*>(x.base + x.index);
  if (x.has_memory && x.prefix == 0) {
    ++interpreted.configs;
    return interpreted_tiles.load_config(memory);
  }
  if (x.has_memory && x.prefix == 1) {
    interpreted_tiles.store_config(memory);
    return true;
  }
  if (!x.has_memory && x.prefix == 3) {
    ++interpreted.zeros;
    return interpreted_tiles.zero(x.reg);
  }
  ++interpreted.releases;
  interpreted_tiles.release();
  return !x.has_memory && x.prefix == 0;
}

inline bool execute(const tile_instruction& x) {
  constexpr unsigned config = 0x49, memory = 0x4b, pairs = 0x5c, bytes = 0x5e;
  if (x.opcode == config) return execute_config(x);
  if (x.opcode == memory && x.has_memory) {
    const auto stride = static_cast<std::ptrdiff_t>(x.index);
    if (x.prefix == 2) {
      ++interpreted.stores;
      return interpreted_tiles.store(x.reg, reinterpret_cast<std::uint8_t*>(x.base), stride);
    }
    ++interpreted.loads;
    if (x.prefix == 1) ++interpreted_once;
    return x.prefix != 0
           && interpreted_tiles.load(x.reg, reinterpret_cast<const std::uint8_t*>(x.base), stride);
  }
  if (x.has_memory) return false;
  ++interpreted.dots;
  if (x.opcode == pairs && x.prefix == 2) return interpreted_tiles.add_pairs(x.reg, x.rm, x.third);
  if (x.opcode != bytes) return false;
  const bool a_signed = x.prefix >= 2, b_signed = x.prefix == 1 || x.prefix == 3;
  return interpreted_tiles.add_bytes(x.reg, x.rm, x.third, a_signed, b_signed);
}

constexpr unsigned config_feature = 17;
// Where the machine saves the configuration in use; 0: it knows none. cpuid is slow in a virtual
// machine, so that it is asked once.
inline std::uint32_t config_place = 0;

inline std::uint32_t find_config_place() {
  std::uint32_t size = 0, place = 0, flags = 0, d = 0;
  const bool told = __get_cpuid_count(0xd, config_feature, &size, &place, &flags, &d) != 0;
  return told && size == 64 ? place : 0;
}

// With AMX but without permission the machine refuses only what touches tiles: it takes
// configurations itself, and saves the one in use where it saves everything for this handler.
inline void take_saved_config(const ucontext_t& at) {
  constexpr std::uint32_t magic = 0x46505853;
  constexpr std::size_t magic_place = 464, saved_place = 472, in_use_place = 512;
  static thread_local std::array<std::uint8_t, 64> known{};
  const auto* state = reinterpret_cast<const std::uint8_t*>(at.uc_mcontext.fpregs);
  const auto has = [&](std::size_t features_place) {
    std::uint64_t features = 0;
    std::memcpy(&features, state + features_place, sizeof features);
    return (features >> config_feature & 1U) != 0;
  };
  std::uint32_t found = 0;
  std::memcpy(&found, state + magic_place, sizeof found);
  if (config_place == 0 || found != magic || !has(saved_place)) return;
  if (!has(in_use_place)) {  // given up
    known = {};
    interpreted_tiles.release();
    return;
  }
  if (std::memcmp(known.data(), state + config_place, known.size()) == 0) return;
  std::memcpy(known.data(), state + config_place, known.size());
  ++interpreted.configs;
  interpreted_tiles.load_config(known.data());
}

inline void on_illegal_instruction(int, siginfo_t*, void* context) {
  auto& at = *static_cast<ucontext_t*>(context);
  tile_instruction x;
  take_saved_config(at);
  if (decode(x, at) && execute(x)) {
    at.uc_mcontext.gregs[REG_RIP] += static_cast<greg_t>(x.bytes);
  } else {
    std::signal(SIGILL, SIG_DFL);  // the same instruction again, which now ends the program
  }
}

}  // namespace detail

/// From now on this process interprets the AMX instructions that its machine refuses: all of them
/// without AMX; with AMX those that touch tiles, as long as the process has not asked for
/// permission, and a configuration counts when it differs from the one before. Some microseconds an
/// instruction.
inline void interpret_amx() {
  detail::config_place = detail::find_config_place();
  struct sigaction action {};
  action.sa_sigaction = detail::on_illegal_instruction;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGILL, &action, nullptr);
}

/// What this thread has had interpreted since the last call.
inline amx_counts take_interpreted() {
  const amx_counts counts = detail::interpreted;
  detail::interpreted = {};
  return counts;
}

/// Loads of memory that is not needed again soon, among all that this thread has had interpreted
/// since the last call.
inline long take_loads_once() { return std::exchange(detail::interpreted_once, 0); }

}  // namespace kiln::test
