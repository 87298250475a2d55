// SPDX-License-Identifier: MIT
// 512_c: an extent as a type; 64_KiB: bytes.
#pragma once

#include <kiln/core/hana.hpp>

#include <cstddef>

namespace kiln::literals {

/// An extent as a type: input<"x", f32>(32_c, 13_c).
using boost::hana::literals::operator""_c;

/// Bytes: `static_assert(net::scratch_bytes <= 64_KiB)`.
constexpr std::size_t operator""_KiB(unsigned long long n) { return n * 1024; }
constexpr std::size_t operator""_MiB(unsigned long long n) { return n * 1024 * 1024; }

}  // namespace kiln::literals
