# SPDX-License-Identifier: MIT
# Installs headers, library, the CMake package, the pkg-config file and the script for gdb.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(weir_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

target_include_directories(weir INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS weir EXPORT weir ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT weir NAMESPACE weir:: FILE weirTargets.cmake DESTINATION ${weir_package_dir})

configure_package_config_file(cmake/weirConfig.cmake.in weirConfig.cmake
                              INSTALL_DESTINATION ${weir_package_dir})
write_basic_package_version_file(weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weirConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/weirConfigVersion.cmake
        DESTINATION ${weir_package_dir})

install(FILES gdb/weir.py DESTINATION ${CMAKE_INSTALL_DATADIR}/weir/gdb)

# From the directory of weir.pc to the prefix, so that an installed copy can be moved.
file(RELATIVE_PATH weir_pc_to_prefix /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
cmake_path(SET weir_pc_to_prefix NORMALIZE "${weir_pc_to_prefix}")
configure_file(cmake/weir.pc.in weir.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
