# SPDX-License-Identifier: MIT
# The service under each instruction set: right, or a refusal in words; and smaller than 1 MiB.
cmake_minimum_required(VERSION 3.20)

foreach(isa IN LISTS isas)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env KILN_ISA=${isa} ${program}
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  message(STATUS "KILN_ISA=${isa}: ${code}\n${out}${err}")
  if(code EQUAL 3 AND err MATCHES "^KILN_ISA=${isa}: this machine does not run it; the best that it runs is [a-z0-9_]+\n$")
    continue()
  endif()
  if(NOT code EQUAL 0 OR NOT out MATCHES "instruction set +${isa}\n")
    message(FATAL_ERROR "expected: right, with ${isa}")
  endif()
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} -E env KILN_ISA=mmx ${program} RESULT_VARIABLE code ERROR_VARIABLE err)
list(JOIN isas ", " names)
if(NOT code EQUAL 3
    OR NOT err STREQUAL "KILN_ISA=mmx: no such instruction set; 'digits_kernels' is compiled for ${names}\n")
  message(FATAL_ERROR "expected: a refusal, actual ${code}: ${err}")
endif()

execute_process(COMMAND ${strip} -o ${program}.stripped ${program} COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${program}.stripped bytes)
message(STATUS "stripped: ${bytes} bytes")
if(NOT bytes LESS 1048576)
  message(FATAL_ERROR "expected: less than 1 MiB")
endif()
