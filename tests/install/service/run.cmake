# SPDX-License-Identifier: MIT
# Builds and installs the service as a release, and a program that uses what is installed.
include(${CMAKE_CURRENT_LIST_DIR}/../run_command.cmake)
file(REMOVE_RECURSE ${work})
set(common -G ${generator} -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/build ${common} -D KILN_SOURCE=${kiln_source})
run(${CMAKE_COMMAND} --build ${work}/build --parallel 4)
run(${CMAKE_COMMAND} --install ${work}/build --prefix ${work}/stage)
file(REMOVE_RECURSE ${work}/build)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/user -B ${work}/user ${common} -D SERVICE=${work}/stage)
run(${CMAKE_COMMAND} --build ${work}/user)
run(${work}/user/user)
