// SPDX-License-Identifier: MIT
// How exact the functions of simd/math.hpp and simd/rough.hpp are: greatest errors, as constants.
//
// Both tiers are measured on every float by tests/exhaustive (exp, tanh, sigmoid, erf) or on every
// 61st of the 2^32, with and without fused multiply-add, and rounded up; the unit tests sweep fewer
// of them, and densely where the functions are curved.
#pragma once

namespace kiln::simd::accuracy {

/// Greatest errors in units of the last place of the exact result, for every float argument on
/// every instruction set; where the exact result is 0, infinite or NaN, so is the computed one. A
/// unit is never smaller than the least denormal, 2^-149.
inline constexpr double exp = 1.1;
inline constexpr double exp2 = 1.4;
inline constexpr double expm1 = 1.7;
inline constexpr double log = 1.1;
inline constexpr double log2 = 2.6;
inline constexpr double log1p = 1.1;
inline constexpr double tanh = 2.7;
inline constexpr double sigmoid = 3.2;
inline constexpr double softplus = 2.4;
inline constexpr double erf = 1.5;
inline constexpr double erfc = 3.7;
inline constexpr double gelu = 3.7;
inline constexpr double pow = 1.6;  // sampled: there are 2^64 pairs
inline constexpr double rsqrt = 1.5;

/// Greatest relative errors of the second tier, for every float argument on every instruction set.
/// An absolute error of `least` comes on top: a smaller result may be 0. Where the exact result is
/// infinite or NaN, so is the computed one, but within that error of the greatest float either may
/// be infinite.
namespace rough {

/// What is lost beside the relative error.
inline constexpr double least = 0x1p-120;

/// The relative errors themselves.
inline constexpr double exp = 2.5e-4;
inline constexpr double exp2 = 2.5e-4;
inline constexpr double expm1 = 2.3e-4;
inline constexpr double log = 7.5e-5;
inline constexpr double log2 = 7.5e-5;
inline constexpr double log1p = 7.5e-5;
inline constexpr double tanh = 1e-4;
inline constexpr double sigmoid = 3.1e-4;
inline constexpr double softplus = 3.1e-4;
inline constexpr double erf = 1.3e-4;
inline constexpr double erfc = 4e-4;
inline constexpr double gelu = 4e-4;
inline constexpr double rsqrt = 6.2e-5;

}  // namespace rough

}  // namespace kiln::simd::accuracy
