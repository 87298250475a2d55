# SPDX-License-Identifier: MIT
# Finds the headers that kiln's headers include. The installed package includes this file too.
#
# The packages' own targets are asked for their include folders only: Debian's xsimd target wants to
# link a library `xtl` that does not exist.

# kiln_find_headers(<name> <package> <header> <targets...>): defines kiln::<name>_headers from the first
# target that exists, or else from the package's configuration, or else from a search for the header.
# A folder given as KILN_<NAME>_INCLUDE_DIR comes before all of them. Without the header there is no folder in it.
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
  add_library(kiln::${name}_headers INTERFACE IMPORTED GLOBAL)
  if(KILN_${upper}_INCLUDE_DIR)
    set_target_properties(kiln::${name}_headers PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${KILN_${upper}_INCLUDE_DIR}")
  endif()
endfunction()

# kiln_check_xsimd(): says what is wrong with xsimd. No more, since machines with AVX2 and FMA do without; where it is
# needed, including it fails.
function(kiln_check_xsimd)
  set(advice "Targets without AVX2 and FMA need it: install xsimd, or set KILN_XSIMD_INCLUDE_DIR")
  if(NOT KILN_XSIMD_INCLUDE_DIR)
    message(STATUS "kiln: <xsimd/xsimd.hpp> was not found. ${advice}")
    return()
  endif()
  set(header ${KILN_XSIMD_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp)
  if(NOT EXISTS ${header})
    message(STATUS "kiln: expected <xsimd/config/xsimd_config.hpp> in ${KILN_XSIMD_INCLUDE_DIR}, actual none. "
      "${advice}")
    return()
  endif()
  set(version)
  foreach(part MAJOR MINOR)
    file(STRINGS ${header} line
      REGEX "define XSIMD_VERSION_${part} +[0-9]+")
    string(REGEX MATCH "[0-9]+$" line "${line}")
    string(APPEND version "${line}.")
  endforeach()
  if(version VERSION_LESS 8.1 OR NOT version VERSION_LESS 15)
    message(STATUS "kiln: expected xsimd 8.1 or newer, but older than 15; actual ${version}x in "
      "${KILN_XSIMD_INCLUDE_DIR}. ${advice}")
  endif()
endfunction()

kiln_find_headers(boost Boost boost/hana/tuple.hpp Boost::hana Boost::headers)
if(NOT KILN_BOOST_INCLUDE_DIR)
  message(FATAL_ERROR "kiln needs <boost/hana/tuple.hpp>. Install Boost, or set KILN_BOOST_INCLUDE_DIR.")
endif()
kiln_find_headers(xsimd xsimd xsimd/xsimd.hpp xsimd)
kiln_check_xsimd()
