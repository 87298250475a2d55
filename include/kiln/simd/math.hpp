// SPDX-License-Identifier: MIT
// Every function on packs that core/math.hpp finds by argument-dependent lookup.
#pragma once

#include <kiln/simd/exponential.hpp>
#include <kiln/simd/fused.hpp>
#include <kiln/simd/gaussian.hpp>
#include <kiln/simd/logarithm.hpp>
#include <kiln/simd/power.hpp>
#include <kiln/simd/quotient.hpp>
