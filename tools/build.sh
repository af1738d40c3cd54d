# SPDX-License-Identifier: MIT
# Building a preset of CMakePresets.json and running its tests. Sourced by ./dev and tools/check.
# shellcheck shell=bash

# Runs a command; shows what it printed only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# cpp_files: our C++ files, each ended by a zero byte.
cpp_files() {
  find . \( -path ./build -o -path ./.git \) -prune -o -name '*.[ch]pp' -print0
}

# build_preset PRESET [-DX=Y ...]: configures and builds it into build/PRESET.
build_preset() {
  local preset=$1
  shift
  quietly cmake --preset "$preset" "$@" && cmake --build "build/$preset"
}

# run_tests PRESET [FILTER]: runs the tests that build_preset built, or those whose name contains FILTER.
run_tests() {
  local directory=build/$1 filter=${2:-}
  if [[ -z $filter ]]; then
    ctest --test-dir "$directory" --parallel "$(nproc)" --output-on-failure --no-tests=error
  else
    run_some_tests "$directory" "$filter"
  fi
}

# Tests of weir_tests by their own names, all other tests by the names that ctest has for them.
run_some_tests() {
  local directory=$1 filter=$2 found=
  if "$directory/run_weir_tests" --gtest_list_tests --gtest_filter="*$filter*" | grep -q '^  '; then
    found=1
    "$directory/run_weir_tests" --gtest_filter="*$filter*"
  fi
  if ctest --test-dir "$directory" --show-only -LE suite -R "$filter" | grep -q 'Test *#'; then
    found=1
    ctest --test-dir "$directory" --output-on-failure -LE suite -R "$filter"
  fi
  if [[ ! $found ]]; then
    echo "no test has '$filter' in its name" >&2
    return 1
  fi
}
