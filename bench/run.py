#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the benchmarks: rounds of all programs in turn, then the medians beside each other."""
import argparse
import os
import sys

sys.dont_write_bytecode = True

from driver import echo, programs, results
from driver.bars import BENCHMARKS, OURS


def arguments():
    parser = argparse.ArgumentParser(
        description="Runs benchmarks in rounds, one program after the other and then again, so that whatever else the"
        " machine does falls on all of them alike. Prints for each the median, the smallest and the largest value,"
        " and with --peers how weir's median compares: weir/go 0.13 says that weir's value is 0.13 times Go's, and"
        " what follows is the bar that this ratio has to clear.",
        epilog="Use an otherwise idle machine with two cores or more. docs/benchmarks.md says what each benchmark"
        " does.",
    )
    parser.add_argument("build", metavar="BUILD_DIR", help="where the programs were built")
    parser.add_argument("filter", nargs="?", default="", help="run only benchmarks whose name contains this")
    parser.add_argument("--peers", action="store_true", help="run the peers that were built, too")
    parser.add_argument("--json", metavar="FILE", help="also write the medians to this file")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds of each (%(default)s)")
    given = parser.parse_intermixed_args()  # --peers may stand before the filter
    if given.rounds < 1:
        parser.error("--rounds: at least one")
    return given


def wanted(name, text):
    """Whether a figure that this benchmark gives has the text in its name."""
    figures = [figure for figure, _, _ in echo.FIGURES.get(name, [])]
    return any(text in each for each in [name, *figures])


def offered(program, name):
    return echo.SERVE.get(name, name) in program.offers


def run_round(program, name, build):
    if name in echo.FIGURES:
        return echo.round_of(program, name, os.path.join(build, OURS))
    return [programs.round_of(program, name)]


def progress(text):
    """What is being done, on one line of the terminal; nothing when there is none."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def run_all(given, there):
    """All rounds of all benchmarks that were asked for; returns what they gave and what went wrong."""
    gathered, failures = results.Results(), []
    for name in BENCHMARKS:
        mine = [program for program in there if wanted(name, given.filter) and offered(program, name)]
        for number in range(given.rounds):
            for program in mine:
                progress(f"{name}: {program.who}, round {number + 1} of {given.rounds}")
                try:
                    for measured in run_round(program, name, given.build):
                        gathered.add(measured)
                except programs.RoundFailed as failure:
                    failures.append(str(failure))
    progress("")
    return gathered, failures


def main():
    given = arguments()
    there, missing = programs.find(given.build, given.peers)
    gathered, failures = run_all(given, there)
    if not gathered and not failures:
        print(f"nothing to run: no program that was built has a benchmark with '{given.filter}' in its name")
        return 2
    print(gathered.table())
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            file.write(gathered.as_json())
    if missing:
        print("left out, not built:", ", ".join(missing))
    if len(programs.CORES) == 1:
        print("there is one core only: client and server shared it, and the echo figures say little")
    for failure in failures:
        print("a round failed:", failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
