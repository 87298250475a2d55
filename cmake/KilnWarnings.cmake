# SPDX-License-Identifier: MIT
# The warnings that kiln's own programs are compiled with; users of kiln::kiln never see them.
function(kiln_enable_warnings target)
  target_compile_options(${target} INTERFACE
    -Wall -Wextra -Wconversion -Wpedantic -Werror
    # g++ takes a user's `constexpr auto x` at namespace scope for shadowed by every template's x.
    $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>
    # g++ 12 merges equal functions on graph<16> and graph<24>, then finds one array in the other.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    # Its own AVX-512 header reads undefined registers by design.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endfunction()
