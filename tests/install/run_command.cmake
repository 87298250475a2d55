# SPDX-License-Identifier: MIT
# run(<command...>): fails with it.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " text)
    message(FATAL_ERROR "failed: ${text}")
  endif()
endfunction()
