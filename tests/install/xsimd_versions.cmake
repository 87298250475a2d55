# SPDX-License-Identifier: MIT
# Which versions of xsimd are accepted: from 8.1 on, older than 15; others are refused in words.
cmake_minimum_required(VERSION 3.20)

# configure(<version>): sets code and text of kiln's configuration with this xsimd.
function(configure version)
  set(folder ${work}/xsimd-${version})
  string(REPLACE "." ";" parts ${version})
  list(GET parts 0 major)
  list(GET parts 1 minor)
  file(WRITE ${folder}/xsimd/xsimd.hpp "")
  file(WRITE ${folder}/xsimd/config/xsimd_config.hpp
    "#define XSIMD_VERSION_MAJOR ${major}\n#define XSIMD_VERSION_MINOR ${minor}\n#define XSIMD_VERSION_PATCH 0\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${kiln_source} -B ${work}/build -G ${generator}
    -D CMAKE_CXX_COMPILER=${compiler} -D KILN_XSIMD_INCLUDE_DIR=${folder} -D KILN_BUILD_TESTS=OFF
    -D KILN_BUILD_EXAMPLES=OFF RESULT_VARIABLE code OUTPUT_QUIET ERROR_VARIABLE text)
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  message(STATUS "${version}: ${code} ${text}")
  set(code ${code} PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${work})
foreach(version 8.1 9.0 13.2 14.1)
  configure(${version})
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "expected: ${version} accepted")
  endif()
endforeach()
foreach(version 7.6 8.0 15.0)
  configure(${version})
  if(code EQUAL 0 OR NOT text MATCHES "expected xsimd 8.1 or newer, but older than 15; actual ${version}.x in ")
    message(FATAL_ERROR "expected: ${version} refused")
  endif()
endforeach()
