// SPDX-License-Identifier: MIT
// How exact the functions of simd/math.hpp are: greatest errors, as constants.
#pragma once

namespace kiln::simd::accuracy {

/// Greatest errors in units of the last place of the exact result, for every float argument on
/// every instruction set; where the exact result is 0, infinite or NaN, so is the computed one. A
/// unit is never smaller than the least denormal, 2^-149.
///
/// Measured on every 61st of the 2^32 arguments, with and without fused multiply-add, and rounded
/// up; the unit tests sweep fewer of them, and densely where the functions are curved.
inline constexpr double exp = 1.2;
inline constexpr double exp2 = 1.4;
inline constexpr double expm1 = 1.7;
inline constexpr double log = 1.1;
inline constexpr double log2 = 2.6;
inline constexpr double log1p = 1.1;
inline constexpr double tanh = 2.7;
inline constexpr double sigmoid = 2.5;
inline constexpr double softplus = 1.8;
inline constexpr double erf = 1.5;
inline constexpr double erfc = 6.0;
inline constexpr double gelu = 5.5;
inline constexpr double pow = 1.6;    // sampled: there are 2^64 pairs
inline constexpr double rsqrt = 1.5;  // two roundings

}  // namespace kiln::simd::accuracy
