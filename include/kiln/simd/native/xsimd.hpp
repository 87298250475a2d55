// SPDX-License-Identifier: MIT
// The one place that knows which xsimd is installed: 8.1 to 14.
#pragma once

#include <kiln/core/config.hpp>

#if !__has_include(<xsimd/xsimd.hpp>)
#  error "kiln: <xsimd/xsimd.hpp> was not found; without AVX2 and FMA, xsimd 8.1 to 14 is needed"
#endif

#include <xsimd/xsimd.hpp>

#if !defined(XSIMD_VERSION_MAJOR) || XSIMD_VERSION_MAJOR < 8 \
    || (XSIMD_VERSION_MAJOR == 8 && XSIMD_VERSION_MINOR < 1) || XSIMD_VERSION_MAJOR > 14
#  error "kiln: expected xsimd 8.1 or newer, but older than 15; set KILN_XSIMD_INCLUDE_DIR to one"
#endif
