// SPDX-License-Identifier: MIT
// A library with a net on AMX tiles inside, which shares nothing of kiln with whoever links it.
#pragma once

#include <cstdint>
#include <span>

/// The net is a product of these extents.
inline constexpr int library_rows = 17, library_depth = 70, library_columns = 20;

/// Before anything else: somebody executes the library's tile instructions.
extern "C" void library_let_tiles_be_used();

/// y = x w, with tiles of its own, which it gives up at its end.
///
/// @pre  the spans have the extents' elements
extern "C" void library_multiply(std::span<const std::uint8_t> x,
                                 std::span<const std::int8_t> w,
                                 std::span<std::int32_t> y);
