# SPDX-License-Identifier: MIT
# The benchmarks: one program, which bench/run.py drives; and, when asked for, those of the peers.

file(GLOB weir_bench_sources CONFIGURE_DEPENDS src/*/*_bench.cpp bench/*.cpp)
if(weir_bench_sources)
  add_executable(weir_bench ${weir_bench_sources})
  target_include_directories(weir_bench PRIVATE src bench)
  target_link_libraries(weir_bench PRIVATE weir::weir fmt::fmt)
  weir_flags(weir_bench)
endif()

if(WEIR_BUILD_TESTS AND EXISTS ${PROJECT_SOURCE_DIR}/bench/driver AND NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB weir_driver_tests CONFIGURE_DEPENDS bench/driver/*_test.py)
  foreach(script IN LISTS weir_driver_tests)
    cmake_path(GET script STEM name)
    add_test(NAME bench_${name} COMMAND Python3::Interpreter -B -m unittest driver.${name}
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/bench)
    set_tests_properties(bench_${name} PROPERTIES LABELS bench TIMEOUT 300)
  endforeach()
endif()

if(WEIR_BENCH_PEERS AND EXISTS ${PROJECT_SOURCE_DIR}/bench/peers/CMakeLists.txt)
  add_subdirectory(bench/peers)
endif()
