// SPDX-License-Identifier: MIT
// The version of kiln; the build system reads it from here and from nowhere else.
#pragma once

#include <string_view>

namespace kiln {

/// The three numbers of semantic versioning. While the first is 0, the second marks breaks.
inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;

/// The same three numbers as text.
inline constexpr std::string_view version = "0.1.0";

}  // namespace kiln
