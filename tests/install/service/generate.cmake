# SPDX-License-Identifier: MIT
# A header with one variable, written slowly.
if(NOT EXISTS ${output})
  file(WRITE ${output} "#pragma once\n")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E sleep 1)
file(APPEND ${output} "inline constexpr int ${name} = 1;\n")
