# SPDX-License-Identifier: MIT
# Finds the headers that kiln's headers include. The installed package includes this file too.
#
# The packages' own targets are asked for their include folders only: Debian's xsimd target wants to
# link a library `xtl` that does not exist.

# kiln_find_headers(<name> <package> <header> <targets...>): defines kiln::<name>_headers from the first
# target that exists, or else from the package's configuration, or else from a search for the header.
function(kiln_find_headers name package header)
  if(TARGET kiln::${name}_headers)
    return()
  endif()
  set(known FALSE)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      set(known TRUE)
    endif()
  endforeach()
  if(NOT known AND NOT KILN_${name}_INCLUDE_DIR)
    find_package(${package} QUIET CONFIG)
  endif()
  set(hints)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
      string(REGEX REPLACE "\\$<(BUILD|INSTALL)_INTERFACE:([^>]*)>" "\\2" folders "${folders}")
      set(hints ${folders})
      break()
    endif()
  endforeach()
  find_path(KILN_${name}_INCLUDE_DIR ${header} HINTS ${hints})
  mark_as_advanced(KILN_${name}_INCLUDE_DIR)
  if(NOT KILN_${name}_INCLUDE_DIR)
    message(FATAL_ERROR "kiln needs <${header}>. Install ${package}, or set KILN_${name}_INCLUDE_DIR.")
  endif()
  add_library(kiln::${name}_headers INTERFACE IMPORTED GLOBAL)
  set_target_properties(kiln::${name}_headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${KILN_${name}_INCLUDE_DIR}")
endfunction()

kiln_find_headers(boost Boost boost/hana/tuple.hpp Boost::hana Boost::headers)
kiln_find_headers(xsimd xsimd xsimd/xsimd.hpp xsimd)
file(STRINGS ${KILN_xsimd_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp kiln_xsimd_major
  REGEX "define XSIMD_VERSION_MAJOR +[0-9]+")
if(kiln_xsimd_major MATCHES "([0-9]+)" AND CMAKE_MATCH_1 LESS 8)
  message(FATAL_ERROR "kiln needs xsimd 8.1 or newer; ${KILN_xsimd_INCLUDE_DIR} holds ${CMAKE_MATCH_1}")
endif()
