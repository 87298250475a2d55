# SPDX-License-Identifier: MIT
# Runs the program as the case says and compares what it prints.
cmake_minimum_required(VERSION 3.20)
string(REPLACE "|" ";" every "${every}")

# run(<wish> <command...>): sets code, out and err.
function(run wish)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env KILN_ISA=${wish} ${ARGN}
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  string(STRIP "${err}" err)
  message(STATUS "KILN_ISA=${wish} ${ARGN}: ${code}\n${out}${err}")
  set(code "${code}" PARENT_SCOPE)
  set(out "${out}" PARENT_SCOPE)
  set(err "${err}" PARENT_SCOPE)
endfunction()

# expect_error(<text> <wish> <command...>): none was chosen, and the error is exactly this.
function(expect_error text wish)
  run("${wish}" ${ARGN})
  if(NOT code EQUAL 3 OR NOT err STREQUAL text)
    message(FATAL_ERROR "expected: ${text}")
  endif()
endfunction()

# expect_isa(<isa> <wish> <command...>): the program is right and says that it chose this one.
function(expect_isa isa wish)
  run("${wish}" ${ARGN})
  if(NOT code EQUAL 0 OR NOT out MATCHES "^isa ${isa}\n")
    message(FATAL_ERROR "expected: isa ${isa}")
  endif()
endfunction()

list(GET every 0 lowest)
list(JOIN every ", " names)
if(case STREQUAL "chosen")
  run("" ${program})
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "expected: right")
  endif()
  string(REGEX MATCH "^isa ([a-z0-9_]+)\n" ignored "${out}")
  expect_isa(${CMAKE_MATCH_1} ${CMAKE_MATCH_1} ${program})
  if(optimised AND NOT out MATCHES "a call costs [0-4][.][0-9] ns")
    message(FATAL_ERROR "expected: less than 5 ns a call")
  endif()
elseif(case STREQUAL "overrides")
  # Integers have the same bits everywhere, with every compiler. What the machine does not run says so.
  set(bytes "\nbytes 89e4f3e4dd3365ec\n")
  run("" ${program})
  string(REGEX MATCH "^isa ([a-z0-9_]+)\n" ignored "${out}")
  set(best ${CMAKE_MATCH_1})
  foreach(isa IN LISTS every)
    run(${isa} ${program})
    if(code EQUAL 3 AND err STREQUAL
        "KILN_ISA=${isa}: this machine does not run it; the best that it runs is ${best}")
      continue()
    endif()
    if(NOT code EQUAL 0 OR NOT out MATCHES "^isa ${isa}\n" OR NOT out MATCHES "${bytes}")
      message(FATAL_ERROR "expected: isa ${isa} and${bytes}")
    endif()
  endforeach()
elseif(case STREQUAL "refused")
  expect_error("KILN_ISA=avx9: no such instruction set; 'isa_test_kernels' is compiled for ${names}" avx9 ${program})
  if(sse4 IN_LIST every)
    expect_error("KILN_ISA=sse4: 'isa_test_large' is compiled for avx2, avx512" sse4 ${large})
  endif()
elseif(case STREQUAL "older_machines")
  # What qemu pretends to be refuses instructions that it lacks, wherever they stand.
  expect_isa(sse2 "" ${qemu} -cpu qemu64 ${program})
  expect_isa(sse4 "" ${qemu} -cpu Nehalem ${program})
  expect_isa(avx2 "" ${qemu} -cpu Haswell ${program})
  expect_isa(avx2 "" ${qemu} -cpu Haswell ${large})
  expect_error("KILN_ISA=avx2: this machine does not run it; the best that it runs is sse4"
    avx2 ${qemu} -cpu Nehalem ${program})
  expect_error("'isa_test_large' is compiled for avx2, avx512; the best that this machine runs is sse4"
    "" ${qemu} -cpu Nehalem ${large})
endif()
