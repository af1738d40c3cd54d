# SPDX-License-Identifier: MIT
# Each examples/x.cpp is a program x; each examples/x_test.py is a test that is told where the programs are.

file(GLOB weir_examples CONFIGURE_DEPENDS examples/*.cpp)
foreach(source IN LISTS weir_examples)
  cmake_path(GET source STEM name)
  add_executable(example_${name} ${source})
  set_target_properties(example_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/examples)
  target_link_libraries(example_${name} PRIVATE weir::weir fmt::fmt)
  weir_flags(example_${name})
endforeach()

file(GLOB weir_example_tests CONFIGURE_DEPENDS examples/*_test.py)
if(WEIR_BUILD_TESTS AND weir_example_tests AND NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  foreach(script IN LISTS weir_example_tests)
    cmake_path(GET script STEM name)
    add_test(NAME example_${name}
             COMMAND Python3::Interpreter -B ${script} ${CMAKE_BINARY_DIR}/examples)
    set_tests_properties(example_${name} PROPERTIES LABELS example TIMEOUT 300)
  endforeach()
endif()
