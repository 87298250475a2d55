# SPDX-License-Identifier: MIT
# What all of kiln's own programs (tests, examples, benchmarks) are compiled with.
include(cmake/KilnWarnings.cmake)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)  # vector code without inlining is a hundred times slower
endif()

find_package(Eigen3 REQUIRED NO_MODULE)  # the oracle, and the views of interop/

add_library(kiln_program INTERFACE)
target_link_libraries(kiln_program INTERFACE kiln::kiln Eigen3::Eigen)
target_compile_definitions(kiln_program INTERFACE KILN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  KILN_PROJECT_VERSION="${PROJECT_VERSION}")
if(KILN_MARCH)
  target_compile_options(kiln_program INTERFACE -march=${KILN_MARCH})
endif()
if(KILN_WARNINGS)
  kiln_enable_warnings(kiln_program)
endif()

# kiln_subfolders(<out> <folder>): the direct subfolders of <folder>.
function(kiln_subfolders out folder)
  file(GLOB entries LIST_DIRECTORIES true CONFIGURE_DEPENDS ${folder}/*)
  set(found)
  foreach(entry IN LISTS entries)
    if(IS_DIRECTORY ${entry})
      list(APPEND found ${entry})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()
