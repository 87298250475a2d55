# SPDX-License-Identifier: MIT
# Makes one object of the objects of one instruction set and leaves it one global name, the entry's. Fails if
# anything in it could be shared with code for another instruction set, or would run before it is chosen.
#
# cmake -D objects=a.o|b.o -D output=o.o -D entry=f -D isa=avx2
#       -D ld=ld -D objcopy=objcopy -D nm=nm -D readelf=readelf -P KilnIsolate.cmake

cmake_minimum_required(VERSION 3.20)

function(run out)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE errors)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "kiln: '${command}' failed: ${errors}")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# names_of(<out> <object> <options...>): names that nm prints.
function(names_of out object)
  run(text ${nm} --format=posix ${ARGN} ${object})
  string(STRIP "${text}" text)
  string(REPLACE "\n" ";" names "${text}")
  list(TRANSFORM names REPLACE " .*" "")
  set(${out} ${names} PARENT_SCOPE)
endfunction()

function(refuse text)
  file(REMOVE ${output} ${output}.merged)
  message(FATAL_ERROR "kiln: '${entry}' for ${isa}: ${text}")
endfunction()

string(REPLACE "|" ";" objects "${objects}")
list(FILTER objects EXCLUDE REGEX "\\.(gch|pch)$")  # precompiled headers of a library's users
run(ignored ${ld} -r --force-group-allocation -o ${output}.merged ${objects})

run(text ${nm} --format=posix --extern-only --defined-only ${output}.merged)
if(NOT text MATCHES "(^|\n)${entry} T ")
  refuse("expected a function extern \"C\" ${entry}() in its sources, actual none")
endif()

# Code that runs before main would run on machines that lack the instruction set. Priorities up to 100 are the
# compiler's own: code for sanitizers, coverage and profiles registers itself there.
run(text ${readelf} --sections --wide ${output}.merged)
string(REGEX MATCHALL " \\.(preinit_array|init_array|ctors|fini_array|dtors)[.0-9]* " sections "${text}")
list(TRANSFORM sections STRIP)
list(FILTER sections EXCLUDE REGEX "_array\\.0*([0-9]?[0-9]|100)$")
if(sections)
  names_of(names ${output}.merged --defined-only)
  list(FILTER names INCLUDE REGEX "^_GLOBAL__(sub_)?I_")
  list(TRANSFORM names REPLACE "^_GLOBAL__(sub_)?I_" "")
  if(NOT names)
    list(TRANSFORM sections PREPEND "section " OUTPUT_VARIABLE names)
  endif()
  list(JOIN names ", " names)
  refuse("something in its sources runs before main (${names}): make variables at namespace scope constinit, do not \
include <iostream>, and give no function the attribute constructor or destructor")
endif()

run(ignored ${objcopy} --redefine-sym ${entry}=${entry}_${isa} ${output}.merged ${output}.renamed)
run(ignored ${objcopy} --keep-global-symbol=${entry}_${isa} ${output}.renamed ${output})
file(REMOVE ${output}.merged ${output}.renamed)

names_of(names ${output} --extern-only --defined-only)
run(text ${nm} --format=posix ${output})
run(groups ${readelf} --section-groups --wide ${output})
if(NOT names STREQUAL "${entry}_${isa}")
  list(JOIN names ", " names)
  refuse("expected one global name, actual ${names}")
elseif(text MATCHES "[^\n]* [uVWi] [0-9a-fA-F]+[^\n]*")
  refuse("expected no symbol that the linker may share, actual '${CMAKE_MATCH_0}'")
elseif(groups MATCHES "COMDAT")
  refuse("expected no group that the linker may share, actual:\n${groups}")
endif()
