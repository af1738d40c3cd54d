# SPDX-License-Identifier: MIT
# How weir's own code is compiled. Nothing here reaches a user but what weir_sanitize adds.

if(PROJECT_IS_TOP_LEVEL)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "build type" FORCE)
  endif()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g -DNDEBUG")
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")
  set(CMAKE_CXX_EXTENSIONS OFF)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(ccache ccache)
  if(ccache)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${ccache}")
  endif()
endif()

# weir_flags(target): warnings for code of ours.
function(weir_flags target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wunused-result
    # {.timeout = 3s} leaves the other members to their defaults: that is how options are given.
    -Wno-missing-field-initializers
    $<$<CXX_COMPILER_ID:GNU>:-Wno-interference-size>
    # Lets libdw find the line numbers of code that clang compiled.
    $<$<CXX_COMPILER_ID:Clang>:-gdwarf-aranges>
    $<$<BOOL:${WEIR_WERROR}>:-Werror>)
endfunction()

# weir_sanitize(target): sanitizers, for the target and for all that link to it. Plain and sanitized code do not mix.
function(weir_sanitize target)
  if(NOT WEIR_SANITIZE)
    return()
  endif()
  target_compile_options(${target} PUBLIC -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer
                                          -fno-sanitize-recover=all)
  target_link_options(${target} PUBLIC -fsanitize=${WEIR_SANITIZE})
endfunction()
