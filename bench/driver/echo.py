# SPDX-License-Identifier: MIT
"""Rounds of the echo benchmarks: a server that is one of the programs, and the one client that all servers get."""
import contextlib
import json
import os
import subprocess

from driver import programs

# A program that offers what a load needs can be the server.
SERVE = {"echo_1": "serve-echo", "echo_1000": "serve-echo", "echo_rate": "serve-echo", "echo_stream": "serve-stream"}

OFFERED_RATE = 100_000

# For each load, what is made of the client's counts: a benchmark's name, its value, its unit.
FIGURES = {
    "echo_1": [("echo_1", lambda load: load["requests"] / load["seconds"], "req/s")],
    "echo_1000": [("echo_1000", lambda load: load["requests"] / load["server_cpu"], "req/cpu s")],
    "echo_stream": [("echo_stream", lambda load: load["requests"] / load["seconds"], "messages/s")],
    "echo_rate": [
        ("echo_rate", lambda load: load["server_cpu"] / load["seconds"], "cpu"),
        ("echo_rate_p99", lambda load: load["p99_us"], "us"),
    ],
}


def round_of(program, name, client):
    """One round of a load against a new server: a list of what was measured."""
    with _server(program, SERVE[name]) as (pid, port):
        counted = programs.run([client, "load-echo", name, port, str(pid)], programs.CLIENT_CORE)
    load = json.loads(counted)
    if name == "echo_rate" and load["requests"] < 0.99 * OFFERED_RATE * load["seconds"]:
        raise programs.RoundFailed(f"{program.who} {name}: the client could not offer {OFFERED_RATE:,} requests/s")
    return [
        {"name": figure, "who": program.who, "value": value(load), "unit": unit, "n": load["requests"]}
        for figure, value, unit in FIGURES[name]
    ]


@contextlib.contextmanager
def _server(program, kind):
    """The program as a server on a core of its own; it ends because its standard input closes."""
    command = [program.path, kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = server.stdout.readline().strip()
            # Only now: a server that looks how many cores there are, as weir does before it polls ahead of sleeping,
            # sees those of the machine. It has one of them, and the client another.
            for thread in os.listdir(f"/proc/{server.pid}/task"):
                os.sched_setaffinity(int(thread), {programs.BENCH_CORE})
            yield server.pid, port
            last_words, _ = server.communicate(timeout=programs.PATIENCE)
        finally:
            server.kill()  # does nothing to one that has ended
    if server.returncode != 0 or "cpu_seconds" not in last_words:
        raise programs.RoundFailed(f"{program.who} {kind}: did not end as it should, status {server.returncode}")
