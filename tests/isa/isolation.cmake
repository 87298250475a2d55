# SPDX-License-Identifier: MIT
# What an isolated object may not hold is refused, and what it may is made private.
cmake_minimum_required(VERSION 3.20)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})

# isolate(<name> <code>): sets code and err of the script, for one source.
function(isolate name text)
  file(WRITE ${work}/${name}.cpp "${text}")
  execute_process(COMMAND ${compiler} -std=c++20 -O1 ${flags} -c ${name}.cpp -o ${name}.o WORKING_DIRECTORY ${work}
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} -D objects=${work}/${name}.o -D output=${work}/${name}.isolated.o
    -D entry=entry -D isa=avx2 -D ld=${ld} -D objcopy=${objcopy} -D nm=${nm}
    -D readelf=${readelf} -P ${script} RESULT_VARIABLE code ERROR_VARIABLE err)
  string(REGEX REPLACE "[ \n]+" " " err "${err}")
  message(STATUS "${name}: ${code} ${err}")
  set(code ${code} PARENT_SCOPE)
  set(err "${err}" PARENT_SCOPE)
endfunction()

function(expect_refusal name text regex)
  isolate(${name} "${text}")
  if(code EQUAL 0 OR NOT err MATCHES "${regex}" OR EXISTS ${work}/${name}.isolated.o)
    message(FATAL_ERROR "expected: ${regex}")
  endif()
endfunction()

set(source [[
#include <string>
#include <vector>
inline int shared = 0;
template <class T> int& once() { static thread_local int n = 0; return n; }
struct base { virtual ~base() = default; virtual int f() { return 1; } };
extern "C" const void* entry() {
  std::vector<std::string> v(3, "text");
  static base b;
  shared += once<int>() + static_cast<int>(v.size()) + b.f();
  return &shared;
}
]])
if(compiler_id STREQUAL "GNU")  # g++ makes variables of templates unique in the whole process, unless told otherwise
  expect_refusal(unique "${source}" "expected one global name, actual .*once")
  set(flags -fno-gnu-unique)
endif()
isolate(fine "${source}")
if(NOT code EQUAL 0)
  message(FATAL_ERROR "expected: no refusal")
endif()
execute_process(COMMAND ${nm} --format=posix --defined-only ${work}/fine.o OUTPUT_VARIABLE before)
execute_process(COMMAND ${nm} --format=posix --defined-only ${work}/fine.isolated.o OUTPUT_VARIABLE after)
if(NOT before MATCHES " [uVW] " OR after MATCHES " [uVWi] " OR NOT after MATCHES "entry_avx2 T ")
  message(FATAL_ERROR "expected: shared symbols before, none after\n${before}\n${after}")
endif()
set(early "extern int f();\nint early = f();\nextern \"C\" const void* entry() { return &early; }\n")
expect_refusal(early "${early}"
  "'entry' for avx2: something in its sources runs before main \\([^)]*early[^)]*\\): make variables")
set(nameless "void f();\n[[gnu::constructor]] static void nameless() { f(); }\nextern \"C\" void entry() {}\n")
expect_refusal(nameless "${nameless}" "runs before main \\(section \\.init_array\\): make .* no function the attribute")
expect_refusal(variable "extern \"C\" constinit const int entry = 1;\nextern const int entry;\n"
  "expected a function extern \"C\" entry\\(\\) in its sources")
expect_refusal(nothing "int f() { return 1; }\n" "expected a function extern \"C\" entry\\(\\) in its sources")

# What sanitizers and the like start before main is no business of the sources'; what the sources start still is.
foreach(instrument -fsanitize=address -fsanitize=thread -fsanitize=undefined --coverage -fprofile-generate)
  list(APPEND flags ${instrument})
  isolate(fine${instrument} "${source}")
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "expected: no refusal")
  endif()
  expect_refusal(early${instrument} "${early}" "runs before main \\([^)]*early[^)]*\\)")
  expect_refusal(nameless${instrument} "${nameless}" "runs before main \\(section \\.init_array\\)")
  list(REMOVE_ITEM flags ${instrument})
endforeach()
