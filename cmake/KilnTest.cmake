# SPDX-License-Identifier: MIT
# The kinds of test that tests/ is made of; a test's name is its path with dots.

# kiln_test_name(<out> <file>): tests/laws/pass.cpp -> laws.pass
function(kiln_test_name out file)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/tests ${file})
  string(REGEX REPLACE "\\.cpp$" "" name ${name})
  string(REPLACE "/" "." name ${name})
  set(${out} ${name} PARENT_SCOPE)
endfunction()

# kiln_add_unit_layer(<layer> <files...>): one program for the layer, one test for each of its files. The
# program itself fails when a filter leaves no test case to run (tests/support/main.cpp).
function(kiln_add_unit_layer layer)
  add_executable(unit_${layer} ${ARGN})
  target_link_libraries(unit_${layer} PRIVATE kiln_program kiln_test_main)
  add_dependencies(kiln_unit unit_${layer})
  foreach(file IN LISTS ARGN)
    kiln_test_name(name ${file})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${file})
    add_test(NAME ${name} COMMAND unit_${layer} --source-file=*/${path})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endforeach()
endfunction()

# kiln_add_test_program(<label> <file>): a program of its own for one file.
function(kiln_add_test_program label file)
  kiln_test_name(name ${file})
  string(REPLACE "." "_" target ${name})
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE kiln_program kiln_test_main)
  add_dependencies(kiln_${label} ${target})
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()

# kiln_add_fuzzer(<file>): a libFuzzer program, run on a fixed seed for a fixed number of inputs.
function(kiln_add_fuzzer file)
  kiln_test_name(name ${file})
  string(REPLACE "." "_" target ${name})
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE kiln_program)
  target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_dependencies(kiln_fuzz ${target})
  add_test(NAME ${name} COMMAND ${target} -seed=1 -runs=100000 -max_len=4096)
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()

# kiln_add_compile_fail(<file>): the file must not compile, the compiler's text must match every
# `// expect: <regex>` line in it and stay short. The same file must compile with -DKILN_EXPECT_OK (the
# control), so a case can never pass because of a typo.
function(kiln_add_compile_fail file)
  kiln_test_name(name ${file})
  file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${file})
  set(compile ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -Iinclude)
  get_target_property(eigen_folders Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  foreach(folder ${KILN_BOOST_INCLUDE_DIR} ${KILN_XSIMD_INCLUDE_DIR} ${eigen_folders})
    if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      list(APPEND compile -isystem ${folder})
    endif()
  endforeach()
  if(KILN_MARCH)
    list(APPEND compile -march=${KILN_MARCH})
  endif()
  set(run ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/run_compile_fail.py)
  add_test(NAME ${name} COMMAND ${run} ${path} -- ${compile} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME ${name}.control COMMAND ${compile} -DKILN_EXPECT_OK ${path}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} ${name}.control PROPERTIES LABELS compile_fail TIMEOUT 300)
endfunction()

# kiln_add_disassembly(<file>): the machine code of the functions that match the file's `// hot: <regex>`
# lines has no stack traffic and no register copies in its innermost multiply-add loop.
function(kiln_add_disassembly file)
  kiln_test_name(name ${file})
  string(REPLACE "." "_" target ${name})
  add_library(${target} OBJECT ${file})
  target_link_libraries(${target} PRIVATE kiln_program)
  add_dependencies(kiln_disassembly ${target})
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_disassembly.py
    --source ${file} $<TARGET_OBJECTS:${target}>)
  set_tests_properties(${name} PROPERTIES LABELS static)
endfunction()

# kiln_add_script_test(<name> <label> <command...>): a Python script as a test.
function(kiln_add_script_test name label)
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 300
    ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endfunction()
