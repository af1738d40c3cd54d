# SPDX-License-Identifier: MIT
# The benchmarks: one program, which bench/run.py drives; and, when asked for, those of the peers.

file(GLOB weir_bench_sources CONFIGURE_DEPENDS src/*/*_bench.cpp bench/*.cpp)
if(weir_bench_sources)
  add_executable(weir_bench ${weir_bench_sources})
  target_include_directories(weir_bench PRIVATE src bench)
  target_link_libraries(weir_bench PRIVATE weir::weir fmt::fmt)
  weir_flags(weir_bench)
endif()

if(WEIR_BENCH_PEERS AND EXISTS ${PROJECT_SOURCE_DIR}/bench/peers/CMakeLists.txt)
  add_subdirectory(bench/peers)
endif()
