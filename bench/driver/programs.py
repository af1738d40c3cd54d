# SPDX-License-Identifier: MIT
"""The programs that hold the benchmarks: which there are, what they offer, and how one round of one of them is run."""
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from driver.bars import BENCHMARKS, OURS, PROGRAMS

# Seconds; longer than any round, since the programs end a stuck round themselves.
PATIENCE = 130

# What is measured runs on the last core; the first, where most interrupts go, is left to clients.
CORES = sorted(os.sched_getaffinity(0))
CLIENT_CORE, BENCH_CORE = CORES[0], CORES[-1]


class RoundFailed(Exception):
    """A round that gave no figure; the text says why."""


@dataclass(frozen=True)
class Program:
    path: str
    who: str  # whose it is
    offers: list  # what it prints for --list


def find(build, with_peers):
    """The programs that were built, weir's first, and the names of those that were not."""
    there, missing = [], []
    for name in PROGRAMS if with_peers else [OURS]:
        path = os.path.join(build, name)
        if os.access(path, os.X_OK):
            there.append(Program(path, PROGRAMS[name], run([path, "--list"]).split()))
        else:
            missing.append(name)
    return there, missing


def run(command, core=None):
    """Runs a command to its end, on one core or on all, and returns what it printed."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RoundFailed(f"{' '.join(command)}: no end after {PATIENCE} s") from None
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise RoundFailed(f"{' '.join(command)}: exit status {done.returncode}")
    return done.stdout


def round_of(program, name):
    """One round of a benchmark: what it measured, {"name", "who", "value", "unit", "n"}."""
    return json.loads(run([program.path, name], BENCH_CORE if BENCHMARKS[name].alone else None))
