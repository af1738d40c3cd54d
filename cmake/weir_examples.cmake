# SPDX-License-Identifier: MIT
# Each examples/x.cpp is a program x, each examples/folder/x.cpp a program folder/x; each examples/x_test.py is a test that
# is told where the programs are.

# weir_example(source folder): builds a program into that folder of the build.
function(weir_example source folder)
  cmake_path(GET source STEM name)
  string(JOIN "_" target example ${folder} ${name})
  add_executable(${target} ${source})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/examples/${folder})
  target_link_libraries(${target} PRIVATE weir::weir fmt::fmt)
  weir_flags(${target})
endfunction()

file(GLOB weir_examples CONFIGURE_DEPENDS examples/*.cpp)
foreach(source IN LISTS weir_examples)
  weir_example(${source} "")
endforeach()
file(GLOB weir_examples CONFIGURE_DEPENDS examples/*/*.cpp)
foreach(source IN LISTS weir_examples)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder STEM folder)
  weir_example(${source} ${folder})
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
