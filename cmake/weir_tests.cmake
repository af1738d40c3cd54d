# SPDX-License-Identifier: MIT
# The tests: one program, one ctest entry for each of its suites; and a program of its own for each *_alone_test.cpp.

file(GLOB weir_test_sources CONFIGURE_DEPENDS src/*/*_test.cpp)
set(weir_alone_sources ${weir_test_sources})
list(FILTER weir_alone_sources INCLUDE REGEX "_alone_test\\.cpp$")
list(FILTER weir_test_sources EXCLUDE REGEX "_alone_test\\.cpp$")

# Random schedules shrink with this; a sanitizer makes them some twenty times slower.
set(weir_test_scale 1)
if(WEIR_SANITIZE OR CMAKE_CROSSCOMPILING)
  set(weir_test_scale 0.05)
endif()

# An emulator cannot do all that a kernel does, nor start a program of the other processor from within one.
set(weir_death_test_style threadsafe)
set(weir_left_out "")
if(CMAKE_CROSSCOMPILING)
  set(weir_death_test_style fast)
  include(weir_left_out)
endif()
list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " weir_emulator)

# weir_test_program(name sources...): a program of GoogleTest tests, and a script run_<name> that runs it as it wants to
# be run and hands on its arguments.
function(weir_test_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE src)
  target_link_libraries(${name} PRIVATE weir fmt::fmt GTest::gmock GTest::gtest_main)
  if(WEIR_HAVE_VALGRIND)
    target_compile_definitions(${name} PRIVATE WEIR_HAVE_VALGRIND)
  endif()
  weir_flags(${name})
  file(GENERATE OUTPUT run_${name} CONTENT "#!/bin/sh
export GTEST_DEATH_TEST_STYLE=${weir_death_test_style}
export WEIR_TEST_SCALE=\${WEIR_TEST_SCALE:-${weir_test_scale}}
exec ${weir_emulator} '$<TARGET_FILE:${name}>' \"\$@\"
" FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()

if(weir_test_sources)
  weir_test_program(weir_tests ${weir_test_sources})
  # They are many, and optimizing them takes three to five times as long as compiling them. The library is optimized, and
  # so is what runs long: the random schedules.
  target_compile_options(weir_tests PRIVATE -O0)
  set(weir_long_sources ${weir_test_sources})
  list(FILTER weir_long_sources INCLUDE REGEX "_(model|loop)_test\\.cpp$")
  set_source_files_properties(${weir_long_sources} PROPERTIES COMPILE_OPTIONS -O2)
  # Compiling a layer's tests as one file takes a quarter of the time, for who wants all of them and changes none (who
  # changes some uses the debug preset). Names in their unnamed namespaces have to differ for that; lint sees them so,
  # too. Only a local variable may have the name of another file's.
  if(WEIR_TESTS_AT_ONCE)
    target_compile_options(weir_tests PRIVATE -Wno-shadow)
    set_target_properties(weir_tests PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    foreach(source IN LISTS weir_test_sources)
      cmake_path(GET source PARENT_PATH folder)
      cmake_path(GET folder FILENAME layer)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${layer})
    endforeach()
    set_source_files_properties(${weir_long_sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  # ctest asks the program itself which suites it has, each time it starts: the list is never stale.
  configure_file(cmake/weir_suites.cmake.in weir_suites.cmake @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
               ${CMAKE_CURRENT_BINARY_DIR}/weir_suites.cmake)
endif()

# These want the machine to themselves (a million tasks, say), which leaves no room for a sanitizer's shadow.
if(NOT WEIR_SANITIZE)
  list(JOIN weir_left_out ":" weir_alone_left_out)
  foreach(source IN LISTS weir_alone_sources)
    cmake_path(GET source STEM name)
    weir_test_program(${name} ${source})
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_BINARY_DIR}/run_${name} --gtest_filter=-${weir_alone_left_out})
    set_tests_properties(${name} PROPERTIES LABELS alone RUN_SERIAL TRUE TIMEOUT 300)
  endforeach()
endif()

# What gdb shows of a program. It cannot start one for another processor, and sanitizers have stacks of their own.
if(NOT CMAKE_CROSSCOMPILING AND NOT WEIR_SANITIZE)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  find_program(WEIR_GDB gdb REQUIRED)
  foreach(name weir_gdb_parked weir_gdb_parked_plain)
    add_executable(${name} gdb/parked.cpp)
    target_link_libraries(${name} PRIVATE weir)
    weir_flags(${name})
  endforeach()
  target_compile_options(weir_gdb_parked PRIVATE -g -O0)  # so that lines are those of the source
  target_compile_options(weir_gdb_parked_plain PRIVATE -g0)
  add_test(NAME weir_gdb COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/gdb/weir_test.py ${WEIR_GDB}
                                 $<TARGET_FILE:weir_gdb_parked> $<TARGET_FILE:weir_gdb_parked_plain>)
  set_tests_properties(weir_gdb PROPERTIES LABELS gdb TIMEOUT 600)
endif()

# What a dump tells depends on how a program was compiled: the same one in several ways, each under the name that tells
# its way, and a script that looks at what it prints.
if(NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(weir_dumped_O0_with_g -O0 -g)
  set(weir_dumped_O2_with_g -O2 -g)
  set(weir_dumped_O2_without_g -O2 -g0)
  foreach(way O0_with_g O2_with_g O2_without_g)
    add_executable(dumped_${way} tests/inspect/dumped.cpp)
    target_link_libraries(dumped_${way} PRIVATE weir)
    weir_flags(dumped_${way})
    target_compile_options(dumped_${way} PRIVATE ${weir_dumped_${way}})
    add_test(NAME dump_${way} COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/tests/inspect/dump_test.py
                                      ${CMAKE_BINARY_DIR} ${way})
    set_tests_properties(dump_${way} PROPERTIES LABELS dump TIMEOUT 300)
  endforeach()
endif()

# The benchmarks' driver is tested, too: figures are only as good as what computes them.
file(GLOB weir_driver_tests CONFIGURE_DEPENDS bench/driver/*_test.py)
if(weir_driver_tests AND NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  foreach(script IN LISTS weir_driver_tests)
    cmake_path(GET script STEM name)
    add_test(NAME bench_${name} COMMAND Python3::Interpreter -B -m unittest driver.${name}
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/bench)
    set_tests_properties(bench_${name} PROPERTIES LABELS bench TIMEOUT 300)
  endforeach()
endif()
