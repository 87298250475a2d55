# SPDX-License-Identifier: MIT
# One program for many machines: kernels compiled once for each instruction set, chosen when it runs.

# kiln_add_kernels(<target> <sources...>
#                  [ISAS sse2 sse4 avx2 avx2_vnni avx512 avx512_vnni avx512_bf16 amx]
#                  [ENTRY <function>] [LIBRARIES <libraries...>])
#
# Defines the static library <target>, for programs and for shared libraries. One of the sources defines the entry,
# whose name is the target's unless ENTRY says another:
#
#     extern "C" const my_table* my_kernels();
#
# Whoever links <target> and calls my_kernels() gets the table of the best instruction set that the machine runs, or
# of the one that the environment variable KILN_ISA names; kiln::error, a std::runtime_error, if there is none.
# my_kernels_isa(), an extern "C" const char*(), is its name.
#
# Everything else in the sources belongs to one instruction set: no function, variable or type description is shared,
# the standard library's inline ones included, and nothing may run before main. Both are checked at every build. Hence
# each has an error handler of its own (-fno-exceptions), and with libc++ catch what they throw as the standard's type.
#
# The sources are compiled with the LIBRARIES' usage requirements, with the include folders, definitions, options and
# dependencies that <target> is given later, and without link-time optimisation. Whoever links <target> links the
# LIBRARIES too, whose own code exists once, not once for each instruction set; `debug` and `optimized` are not known
# among them. Without ISAS the sources are compiled for all. On other architectures than x86-64 there is one build, for
# whatever the compiler's flags say.
function(kiln_add_kernels target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ENTRY" "ISAS;LIBRARIES")
  set(sources ${arg_UNPARSED_ARGUMENTS})
  set(entry ${target})
  if(arg_ENTRY)
    set(entry ${arg_ENTRY})
  endif()
  if(NOT sources)
    message(FATAL_ERROR "kiln_add_kernels(${target}): expected sources, actual none")
  endif()
  if(NOT entry MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "kiln_add_kernels(${target}): expected ENTRY to be the name of a function, actual '${entry}'")
  endif()
  foreach(library IN LISTS arg_LIBRARIES)
    if(library MATCHES "^(debug|optimized|general)$")
      message(FATAL_ERROR "kiln_add_kernels(${target}): expected LIBRARIES without '${library}'; "
        "$<$<CONFIG:Debug>:library> is one for one configuration")
    endif()
  endforeach()
  kiln_select_isas(isas ${target} ${arg_ISAS})
  # Makefiles would make a generated source once for each instruction set, at the same time.
  add_custom_target(${target}_sources DEPENDS ${sources})
  set(declarations)
  set(builds)
  set(objects)
  foreach(isa IN LISTS isas)
    kiln_add_isolated_object(object ${target} ${isa} ${entry} "${sources}" "${arg_LIBRARIES}")
    list(APPEND objects ${object})
    string(APPEND declarations "const void* ${entry}_${isa}();\n")
    string(APPEND builds "    {*kiln::dispatch::isa_named(\"${isa}\"), &${entry}_${isa}},\n")
  endforeach()
  set(dispatcher ${CMAKE_CURRENT_BINARY_DIR}/${target}_dispatch.cpp)
  configure_file(${KILN_CMAKE_DIR}/kiln_dispatch.cpp.in ${dispatcher} @ONLY)
  add_library(${target} STATIC ${dispatcher} ${objects})
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  # Flags of the file, behind the target's: the last -march counts.
  list(GET KILN_EVERY_ISA 0 lowest)
  kiln_isa_flags(flags ${lowest})
  set_source_files_properties(${dispatcher} PROPERTIES COMPILE_OPTIONS "${flags}")
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON VISIBILITY_INLINES_HIDDEN ON)
  # An installed library needs no kiln.
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:kiln::kiln>)
  foreach(library IN LISTS arg_LIBRARIES)
    if(NOT library MATCHES "\\$<")
      string(REPLACE "," "$<COMMA>" library "${library}")
    endif()
    target_link_libraries(${target} INTERFACE "$<LINK_ONLY:${library}>")
  endforeach()
  # At the end of the folder; the arguments of a deferred call are taken only then, unless they are spelled out.
  string(REPLACE ";" " " isas "${isas}")
  cmake_language(EVAL CODE "cmake_language(DEFER CALL kiln_forward_dependencies ${target} ${isas})")
endfunction()

# kiln_forward_dependencies(<target> <isas...>): what <target> depends on, its kernels depend on.
function(kiln_forward_dependencies target)
  get_target_property(dependencies ${target} MANUALLY_ADDED_DEPENDENCIES)
  if(dependencies)
    foreach(isa IN LISTS ARGN)
      add_dependencies(${target}_${isa} ${dependencies})
    endforeach()
  endif()
endfunction()

set(KILN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "Where kiln's CMake files are")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(KILN_EVERY_ISA sse2 sse4 avx2 avx2_vnni avx512 avx512_vnni avx512_bf16 amx CACHE INTERNAL "")
else()
  set(KILN_EVERY_ISA portable CACHE INTERNAL "")
endif()
set(KILN_FLAGS_sse2 -march=x86-64 CACHE INTERNAL "")
set(KILN_FLAGS_sse4 -march=x86-64-v2 CACHE INTERNAL "")
set(KILN_FLAGS_avx2 -march=x86-64-v3 CACHE INTERNAL "")
set(KILN_FLAGS_avx2_vnni ${KILN_FLAGS_avx2} -mavxvnni CACHE INTERNAL "")
set(KILN_FLAGS_avx512 -march=x86-64-v4 CACHE INTERNAL "")
set(KILN_FLAGS_avx512_vnni ${KILN_FLAGS_avx512} -mavx512vnni CACHE INTERNAL "")
set(KILN_FLAGS_avx512_bf16 ${KILN_FLAGS_avx512_vnni} -mavx512bf16 CACHE INTERNAL "")
set(KILN_FLAGS_amx ${KILN_FLAGS_avx512_bf16} -mamx-tile -mamx-int8 -mamx-bf16 CACHE INTERNAL "")
set(KILN_FLAGS_portable CACHE INTERNAL "")

# kiln_select_isas(<out> <target> <isas...>): those of them that this architecture has, each once; all if none is named.
function(kiln_select_isas out target)
  set(isas)
  foreach(isa IN LISTS ARGN)
    if(NOT DEFINED KILN_FLAGS_${isa})
      message(FATAL_ERROR "kiln_add_kernels(${target}): expected ISAS among ${KILN_EVERY_ISA}, actual '${isa}'")
    endif()
    if(isa IN_LIST KILN_EVERY_ISA)
      list(APPEND isas ${isa})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES isas)
  if(NOT isas)
    set(isas ${KILN_EVERY_ISA})
  endif()
  set(${out} ${isas} PARENT_SCOPE)
endfunction()

# kiln_isa_flags(<out> <isa>): what the compiler must be told. Whatever makes another instruction set of it (-mavx2
# among the project's flags, for example) is a compile error.
function(kiln_isa_flags out isa)
  set(tune)
  if(isa MATCHES "avx|amx")
    # Tuned for all processors, g++ 12 keeps addresses in vector registers.
    set(tune $<$<CXX_COMPILER_ID:GNU>:-mtune=haswell>)
  endif()
  set(${out} -UKILN_SCALAR ${KILN_FLAGS_${isa}} ${tune} "-DKILN_ISA_WANTED=\"${isa}\"" -fno-lto
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique> PARENT_SCOPE)
endfunction()

# kiln_add_isolated_object(<out> <target> <isa> <entry> <sources> <libraries>): the sources compiled for one
# instruction set, as one object with one global name.
function(kiln_add_isolated_object out target isa entry sources libraries)
  kiln_find_binary_tools()
  kiln_isa_flags(flags ${isa})
  set(unit ${target}_${isa})
  add_library(${unit} OBJECT ${sources})
  # Linked last, so that its flags come last: the last -march counts.
  add_library(${unit}_flags INTERFACE)
  target_compile_options(${unit}_flags INTERFACE ${flags} $<$<CXX_COMPILER_ID:Clang>:-fno-addrsig>)
  target_link_libraries(${unit} PRIVATE kiln::kiln ${libraries} ${unit}_flags)
  target_include_directories(${unit} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_compile_definitions(${unit} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
  target_compile_options(${unit} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_OPTIONS>)
  add_dependencies(${unit} ${target}_sources)
  # Hidden: as fast as code that only a program can hold.
  set_target_properties(${unit} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${unit}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -D "objects=$<JOIN:$<TARGET_OBJECTS:${unit}>,|>" -D output=${object}
      -D entry=${entry} -D isa=${isa} -D ld=${KILN_LD} -D objcopy=${CMAKE_OBJCOPY}
      -D nm=${CMAKE_NM} -D readelf=${CMAKE_READELF} -P ${KILN_CMAKE_DIR}/KilnIsolate.cmake
    DEPENDS ${unit} $<TARGET_OBJECTS:${unit}> ${KILN_CMAKE_DIR}/KilnIsolate.cmake
    COMMENT "Isolating ${entry} for ${isa}" VERBATIM)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

# GNU ld: no other linker dissolves groups of equal functions (--force-group-allocation).
function(kiln_find_binary_tools)
  get_filename_component(folder ${CMAKE_OBJCOPY} DIRECTORY)
  get_filename_component(name ${CMAKE_OBJCOPY} NAME)
  string(REGEX REPLACE "(llvm-)?objcopy.*$" "ld.bfd" name ${name})
  find_program(KILN_LD NAMES ${name} ${CMAKE_LINKER} ld HINTS ${folder})
  mark_as_advanced(KILN_LD)
  foreach(tool KILN_LD CMAKE_OBJCOPY CMAKE_NM CMAKE_READELF)
    if(NOT ${tool})
      message(FATAL_ERROR "kiln_add_kernels needs GNU ld and objcopy, nm, readelf; install binutils, or set ${tool}")
    endif()
  endforeach()
endfunction()
