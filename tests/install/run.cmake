# SPDX-License-Identifier: MIT
# Installs kiln into a stage, then configures, builds and runs the consumer against it.
include(${CMAKE_CURRENT_LIST_DIR}/run_command.cmake)
file(REMOVE_RECURSE ${work})
if(way STREQUAL "find_package" OR way STREQUAL "pkg_config")
  run(${CMAKE_COMMAND} --install ${kiln_build} --prefix ${work}/stage)
  set(ENV{PKG_CONFIG_PATH} ${work}/stage/share/pkgconfig)
endif()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/build -G ${generator}
  -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${work}/stage
  -D KILN_WAY=${way} -D KILN_SOURCE=${kiln_source})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/consumer)
