# SPDX-License-Identifier: MIT
# Each part of -ffast-math that changes results is an error that names the cure, which works; what changes none is none.
cmake_minimum_required(VERSION 3.20)
string(REPLACE "|" ";" folders "${folders}")
list(TRANSFORM folders PREPEND -isystem)

# compile(<flags...>): sets code and text.
function(compile)
  execute_process(COMMAND ${compiler} -std=c++20 -O1 ${ARGN} -I${kiln_source}/include ${folders}
    -c ${kiln_source}/tests/fast_math/net.cpp -o ${work}/net.o
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  message(STATUS "${ARGN}: ${code}\n${text}")
  set(code "${code}" PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

# expect_refusal(<regex> <flags...>)
function(expect_refusal regex)
  compile(${ARGN})
  if(code EQUAL 0 OR NOT text MATCHES "error[^\n]*kiln: ${regex}[^\n]* add -fno-fast-math where kiln is included")
    message(FATAL_ERROR "expected: ${regex}")
  endif()
endfunction()

# expect_acceptance(<flags...>)
function(expect_acceptance)
  compile(${ARGN})
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "expected: accepted")
  endif()
endfunction()

set(reordering -fassociative-math -fno-signed-zeros -fno-trapping-math)
if(compiler_id STREQUAL "GNU")
  expect_refusal("-ffast-math drops" ${reordering})
  expect_refusal("-ffast-math drops" -freciprocal-math)
  expect_refusal("-ffast-math drops" -ffinite-math-only)
  expect_refusal("-ffast-math drops" -funsafe-math-optimizations)
else()
  expect_refusal("a flag reorders sums" ${reordering})
  expect_refusal("a flag replaces divisions" -freciprocal-math)
  expect_refusal("a flag drops NaN" -fno-honor-nans)
  expect_refusal("a flag drops infinities" -fno-honor-infinities)
  expect_refusal("a flag reorders sums" -funsafe-math-optimizations)
  expect_refusal("a flag reorders sums" -ffast-math -fno-finite-math-only)
endif()
expect_refusal("-ffast-math drops" -ffast-math)
expect_acceptance(-ffast-math -funsafe-math-optimizations ${reordering} -freciprocal-math -fno-fast-math)
expect_acceptance(-ffp-contract=fast -fno-trapping-math -fno-math-errno -fno-signed-zeros)
