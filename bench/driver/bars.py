# SPDX-License-Identifier: MIT
"""What each benchmark does, on how many cores, and the bars that weir has to clear (docs/design.md, "Speed")."""
from dataclasses import dataclass, field

# Every program there can be and whose it is, in the order in which their rounds alternate. The first is weir's own.
PROGRAMS = {
    "weir_bench": "weir",
    "peer_fcontext": "jump_fcontext",
    "peer_fiber": "boost.fiber",
    "peer_epoll": "epoll",
    "peer_asio": "asio",
    "peer_go": "go",
    "peer_tokio": "tokio",
}
OURS = next(iter(PROGRAMS))

ANY = "any other peer"
NOBODY = "a fixed amount"


@dataclass(frozen=True)
class Bar:
    """A limit for weir's value divided by the value of `against`; for NOBODY, for weir's value itself."""

    against: str
    limit: float
    at_least: bool = False

    def met(self, value):
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self):
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g}"


def at_most(limit, against):
    return Bar(against, limit)


def at_least(limit, against):
    return Bar(against, limit, at_least=True)


@dataclass(frozen=True)
class Benchmark:
    about: str
    bars: list = field(default_factory=list)
    alone: bool = True  # on one core; False when the kernel is to spread it over all

    def bar_against(self, who):
        """The bar for the ratio to this peer, or None."""
        named = {bar.against: bar for bar in self.bars}
        return named.get(who) or named.get(ANY)

    def fixed_bar(self):
        return next((bar for bar in self.bars if bar.against == NOBODY), None)


BENCHMARKS = {
    "switch": Benchmark(
        "two tasks yield in turn, per switch",
        [at_most(0.8, "jump_fcontext"), at_most(0.08, "boost.fiber")],
    ),
    "spawn_join": Benchmark("spawn an empty task and await it", [at_most(0.14, "boost.fiber")]),
    "pipe_pingpong": Benchmark(
        "an int back and forth over two pipes, per message",
        [at_most(0.14, "boost.fiber"), at_most(0.14, "go")],
    ),
    "queue_stream": Benchmark(
        "one producer, one consumer, a queue of 1024, per message",
        [at_most(0.35, "boost.fiber")],
    ),
    "selector_fan_in": Benchmark("100 pipes into a selector, per message", [at_most(0.35, "go")]),
    "timeout_met": Benchmark("a recv with a deadline of 10 s that is met", [at_most(0.2, "boost.fiber")]),
    "idle_million": Benchmark(
        "memory of one of 1,000,000 parked tasks, page tables included",
        [at_most(4800, NOBODY)],
    ),
    "spawn_many": Benchmark("100,000 tasks spawned, then all awaited, per task", [at_most(0.3, "tokio")]),
    "sleep_all": Benchmark("100,000 tasks sleep for 0 to 1000 ms, all together", [at_most(1.0, "tokio")]),
    "skynet": Benchmark("a tree of tasks, 10 under each, 100,000 leaves", [at_most(0.4, "go")]),
    "dump_load": Benchmark(
        "200 tasks pass messages while 100 dumps are taken, per time of the messages and of the dumps alone",
        [at_most(1.1, NOBODY)],
    ),
    "echo_1": Benchmark(
        "64 bytes echoed, one connection, a client that blocks",
        [at_least(2, "epoll"), at_least(2, ANY)],
    ),
    "echo_1000": Benchmark(
        "64 bytes echoed, 1,000 connections, per second of the server's CPU",
        [at_least(0.93, "epoll"), at_least(0.95, ANY)],
    ),
    "echo_rate": Benchmark(
        "the server's CPU at 100 connections and 100,000 requests/s",
        [at_most(1.05, "epoll")],
    ),
    "echo_rate_p99": Benchmark(
        "latency at 100 connections and 100,000 requests/s, 99th percentile",
        [at_most(1.05, "epoll")],
    ),
    "echo_stream": Benchmark(
        "4 connections kept full of 512-byte messages, gathered",
        [at_least(4, "asio")],
    ),
    "conns": Benchmark("memory of an idle accepted connection", [at_most(5000, NOBODY)]),
    "thread_stream": Benchmark("ints from one thread to another, per message", [at_most(0.35, "go")], alone=False),
    "thread_pingpong": Benchmark("a round trip between two threads", [at_most(0.1, "go")], alone=False),
    "exec": Benchmark("start and reap /bin/true", [at_most(1.15, "posix_spawn")], alone=False),
    "tls_handshake": Benchmark(
        "TLS 1.3 handshakes, per second of the server's CPU",
        [at_least(0.95, "openssl")],
    ),
    "tls_stream": Benchmark("16 KiB echoed over TLS", [at_least(0.95, "openssl")]),
}
