# SPDX-License-Identifier: MIT
# Finds the headers that kiln's headers include. The installed package includes this file too.
#
# The packages' own targets are asked for their include folders only: Debian's xsimd target wants to
# link a library `xtl` that does not exist.

# kiln_find_headers(<name> <package> <header> <targets...>): defines kiln::<name>_headers from the first
# target that exists, or else from the package's configuration, or else from a search for the header.
# A folder given as KILN_<NAME>_INCLUDE_DIR comes before all of them.
function(kiln_find_headers name package header)
  string(TOUPPER ${name} upper)
  if(TARGET kiln::${name}_headers)
    return()
  endif()
  set(known FALSE)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      set(known TRUE)
    endif()
  endforeach()
  if(NOT known AND NOT KILN_${upper}_INCLUDE_DIR)
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
  find_path(KILN_${upper}_INCLUDE_DIR ${header} HINTS ${hints})
  mark_as_advanced(KILN_${upper}_INCLUDE_DIR)
  if(NOT KILN_${upper}_INCLUDE_DIR)
    message(FATAL_ERROR "kiln needs <${header}>. Install ${package}, or set KILN_${upper}_INCLUDE_DIR.")
  endif()
  add_library(kiln::${name}_headers INTERFACE IMPORTED GLOBAL)
  set_target_properties(kiln::${name}_headers PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${KILN_${upper}_INCLUDE_DIR}")
endfunction()

kiln_find_headers(boost Boost boost/hana/tuple.hpp Boost::hana Boost::headers)
kiln_find_headers(xsimd xsimd xsimd/xsimd.hpp xsimd)
set(kiln_xsimd_version)
foreach(part MAJOR MINOR)
  file(STRINGS ${KILN_XSIMD_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp kiln_xsimd_line
    REGEX "define XSIMD_VERSION_${part} +[0-9]+")
  string(REGEX MATCH "[0-9]+$" kiln_xsimd_line "${kiln_xsimd_line}")
  string(APPEND kiln_xsimd_version "${kiln_xsimd_line}.")
endforeach()
if(kiln_xsimd_version VERSION_LESS 8.1 OR NOT kiln_xsimd_version VERSION_LESS 15)
  message(FATAL_ERROR "kiln: expected xsimd 8.1 or newer, but older than 15; actual ${kiln_xsimd_version}x in "
    "${KILN_XSIMD_INCLUDE_DIR}. Set KILN_XSIMD_INCLUDE_DIR to one.")
endif()
