# SPDX-License-Identifier: MIT
# xsimd from 8.1 on, older than 15, is taken without a word. Others, and none, are named when kiln is configured and
# refused by the compiler, but only where they are included: kernels for AVX2 need none.
cmake_minimum_required(VERSION 3.20)

# run(<command...>): sets code and text.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  message(STATUS "${ARGN}: ${code} ${text}")
  set(code ${code} PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

# configure(<source> <options...>): sets code and text of its configuration, without other tests.
function(configure source)
  file(REMOVE_RECURSE ${work}/build)
  run(${CMAKE_COMMAND} -S ${source} -B ${work}/build -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D KILN_BUILD_TESTS=OFF -D KILN_BUILD_EXAMPLES=OFF ${ARGN})
  set(code ${code} PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

# write_xsimd(<version>): a folder with nothing of it but its number.
function(write_xsimd version)
  string(REGEX MATCH "([0-9]+)[.]([0-9]+)" ignored ${version})
  set(numbers
    "#define XSIMD_VERSION_MAJOR ${CMAKE_MATCH_1}\n#define XSIMD_VERSION_MINOR ${CMAKE_MATCH_2}\n")
  file(WRITE ${work}/xsimd-${version}/xsimd/xsimd.hpp "${numbers}")
  file(WRITE ${work}/xsimd-${version}/xsimd/config/xsimd_config.hpp "${numbers}")
endfunction()

file(REMOVE_RECURSE ${work})
foreach(version 8.1 9.0 13.2 14.1)
  write_xsimd(${version})
  configure(${kiln_source} -D KILN_XSIMD_INCLUDE_DIR=${work}/xsimd-${version})
  if(NOT code EQUAL 0 OR text MATCHES "kiln: ")
    message(FATAL_ERROR "expected: ${version} accepted")
  endif()
endforeach()
foreach(version 7.6 8.0 15.0)
  write_xsimd(${version})
  configure(${kiln_source} -D KILN_XSIMD_INCLUDE_DIR=${work}/xsimd-${version})
  if(NOT code EQUAL 0 OR NOT text MATCHES
      "kiln: expected xsimd 8.1 or newer, but older than 15; actual ${version}.x in .*Targets without AVX2")
    message(FATAL_ERROR "expected: ${version} named")
  endif()
endforeach()

# A folder without it.
configure(${kiln_source} -D KILN_XSIMD_INCLUDE_DIR=${work}/nothing)
if(NOT code EQUAL 0 OR NOT text MATCHES
    "kiln: expected <xsimd/config/xsimd_config.hpp> in [^ ]*/nothing, actual none. Targets without AVX2")
  message(FATAL_ERROR "expected: the folder named")
endif()

# No xsimd at all. The compiler may still know the folder in which CMake must not look.
set(missing -D KILN_BOOST_INCLUDE_DIR=${boost} -D CMAKE_DISABLE_FIND_PACKAGE_xsimd=ON
  -D CMAKE_IGNORE_PATH=${xsimd})
configure(${kiln_source} ${missing})
if(NOT code EQUAL 0 OR NOT text MATCHES "kiln: <xsimd/xsimd.hpp> was not found. Targets without AVX2")
  message(FATAL_ERROR "expected: configured without xsimd")
endif()
if(NOT processor MATCHES "^(x86_64|AMD64|amd64)$")
  return()
endif()

# Kernels for AVX2 are compiled without it, in a project of their own; kernels for SSE2 say what they lack.
set(consumer ${kiln_source}/tests/install -D KILN_WAY=add_subdirectory -D KILN_SOURCE=${kiln_source})
foreach(wrong "${missing}" "-D;KILN_XSIMD_INCLUDE_DIR=${work}/xsimd-7.6")
  configure(${consumer} ${wrong} -D KILN_CONSUMER_ISAS=avx2)
  run(${CMAKE_COMMAND} --build ${work}/build)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "expected: kernels for AVX2 without xsimd")
  endif()
endforeach()
configure(${consumer} -D KILN_XSIMD_INCLUDE_DIR=${work}/xsimd-7.6 -D KILN_CONSUMER_ISAS=sse2)
run(${CMAKE_COMMAND} --build ${work}/build)
if(code EQUAL 0 OR NOT text MATCHES "error.*kiln: expected xsimd 8.1 or newer, but older than 15")
  message(FATAL_ERROR "expected: kernels for SSE2 refused")
endif()

# Without xsimd anywhere, the error says what is missing: the compiler's own folders, but for that one in them.
string(REPLACE "|" ";" implicit "${implicit}")
set(folders -nostdinc -nostdinc++)
set(number 0)
foreach(folder IN LISTS implicit boost)
  if(EXISTS ${folder}/xsimd)
    file(GLOB entries ${folder}/*)
    list(REMOVE_ITEM entries ${folder}/xsimd)
    set(folder ${work}/without-xsimd-${number})
    math(EXPR number "${number} + 1")
    file(MAKE_DIRECTORY ${folder})
    foreach(entry IN LISTS entries)
      get_filename_component(name ${entry} NAME)
      file(CREATE_LINK ${entry} ${folder}/${name} SYMBOLIC)
    endforeach()
  endif()
  list(APPEND folders -isystem ${folder})
endforeach()
file(WRITE ${work}/pack.cpp "#include <kiln/simd/pack.hpp>\n")
set(compile ${compiler} -std=c++20 -fsyntax-only ${folders} -I${kiln_source}/include ${work}/pack.cpp)
run(${compile} -march=x86-64-v3)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "expected: AVX2 without xsimd")
endif()
run(${compile} -march=x86-64)
if(code EQUAL 0 OR NOT text MATCHES "error.*kiln: <xsimd/xsimd.hpp> was not found; without AVX2 and FMA, xsimd 8.1 to 14")
  message(FATAL_ERROR "expected: what is missing")
endif()
