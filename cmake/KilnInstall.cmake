# SPDX-License-Identifier: MIT
# Install rules: headers, the CMake package and kiln.pc. Nothing in them depends on the machine's architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(kiln_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/kiln)
set(kiln_pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

if(CMAKE_VERSION VERSION_LESS 3.23)
  install(TARGETS kiln EXPORT kilnTargets)
  install(DIRECTORY include/kiln DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
else()
  install(TARGETS kiln EXPORT kilnTargets FILE_SET HEADERS)
endif()
install(EXPORT kilnTargets NAMESPACE kiln:: DESTINATION ${kiln_package_dir})

configure_package_config_file(cmake/kilnConfig.cmake.in ${PROJECT_BINARY_DIR}/kilnConfig.cmake
  INSTALL_DESTINATION ${kiln_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kilnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/kilnConfig.cmake ${PROJECT_BINARY_DIR}/kilnConfigVersion.cmake
  cmake/KilnDependencies.cmake cmake/KilnKernels.cmake cmake/KilnIsolate.cmake cmake/kiln_dispatch.cpp.in
  DESTINATION ${kiln_package_dir})

file(RELATIVE_PATH KILN_PC_PREFIX /prefix/${kiln_pc_dir} /prefix)
configure_file(cmake/kiln.pc.in ${PROJECT_BINARY_DIR}/kiln.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kiln.pc DESTINATION ${kiln_pc_dir})
