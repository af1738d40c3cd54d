# SPDX-License-Identifier: MIT
# Finds what weir needs. weirConfig.cmake.in and weir.pc.in name the same for those who use an installed weir.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

if(CMAKE_CROSSCOMPILING)
  include(weir_cross)
else()
  find_package(fmt REQUIRED)
  find_path(WEIR_LIBDW_HEADERS elfutils/libdwfl.h REQUIRED)  # Debian: libdw-dev; loaded when a program asks for a dump
  if(WEIR_BUILD_TESTS)
    find_package(GTest REQUIRED)
  endif()
endif()

# With Valgrind's header the tests can run under it: it is told of every stack.
include(CheckIncludeFileCXX)
check_include_file_cxx(valgrind/valgrind.h WEIR_HAVE_VALGRIND)
