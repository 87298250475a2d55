# SPDX-License-Identifier: MIT
# The warnings that kiln's own programs are compiled with; users of kiln::kiln never see them.
function(kiln_enable_warnings target)
  target_compile_options(${target} INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror)
endfunction()
