# SPDX-License-Identifier: MIT
# The benchmarks: one program, which bench/run.py drives; and, when asked for, those of the peers.

file(GLOB weir_bench_sources CONFIGURE_DEPENDS src/*/*_bench.cpp bench/*.cpp)
if(weir_bench_sources)
  add_executable(weir_bench ${weir_bench_sources})
  target_include_directories(weir_bench PRIVATE src bench)
  target_link_libraries(weir_bench PRIVATE weir::weir fmt::fmt)
  weir_flags(weir_bench)
endif()

file(GLOB weir_bench_driver_tests CONFIGURE_DEPENDS bench/driver/*_test.py)
if(WEIR_BUILD_TESTS AND weir_bench_driver_tests AND NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME bench_driver WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/bench
           COMMAND Python3::Interpreter -B -m unittest discover -p *_test.py -t . -s driver)
  set_tests_properties(bench_driver PROPERTIES LABELS bench TIMEOUT 300)
endif()

if(WEIR_BENCH_PEERS AND EXISTS ${PROJECT_SOURCE_DIR}/bench/peers/CMakeLists.txt)
  add_subdirectory(bench/peers)
endif()
