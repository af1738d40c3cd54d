# SPDX-License-Identifier: MIT
# Dependencies for another processor, without that processor's Debian packages: fmt from its headers alone,
# GoogleTest from the source that Debian ships.

add_library(fmt::fmt INTERFACE IMPORTED)
set_target_properties(fmt::fmt PROPERTIES INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)

# libdw is only loaded, and its headers are the same everywhere.
foreach(header dwarf.h gelf.h libelf.h elfutils/libdw.h elfutils/libdwfl.h)
  configure_file(/usr/include/${header} ${CMAKE_BINARY_DIR}/libdw/${header} COPYONLY)
endforeach()
set(WEIR_LIBDW_HEADERS ${CMAKE_BINARY_DIR}/libdw)

if(WEIR_BUILD_TESTS)
  set(INSTALL_GTEST OFF)
  add_subdirectory(/usr/src/googletest ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL SYSTEM)
endif()
