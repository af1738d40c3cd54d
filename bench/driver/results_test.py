# SPDX-License-Identifier: MIT
"""Tests of results.py: medians, ratios and bars. In bench/: python3 -m unittest driver.results_test"""
import json
import unittest

from driver.results import Results


def results(*measured):
    gathered = Results()
    for name, who, value, unit in measured:
        gathered.add({"name": name, "who": who, "value": value, "unit": unit, "n": 10})
    return gathered


def line_of(table, who):
    return next(line for line in table.splitlines() if line.strip().startswith(who + " "))


class ResultsTest(unittest.TestCase):
    def test_the_figure_is_the_median_of_the_rounds_and_the_spread_stands_beside_it(self):
        gathered = results(("switch", "weir", 2.0, "ns"), ("switch", "weir", 9.0, "ns"), ("switch", "weir", 3.0, "ns"))
        [row] = json.loads(gathered.as_json())
        self.assertEqual(row, {"name": "switch", "who": "weir", "value": 3.0, "unit": "ns", "n": 10})
        self.assertRegex(line_of(gathered.table(), "weir"), r"3 ns +2 \.\. 9$")

    def test_a_bar_where_lower_is_better(self):
        table = results(
            ("switch", "weir", 4.0, "ns"), ("switch", "jump_fcontext", 5.0, "ns"), ("switch", "boost.fiber", 49.0, "ns")
        ).table()
        self.assertIn("weir/jump_fcontext 0.8, at most 0.8: met", line_of(table, "jump_fcontext"))
        self.assertIn("weir/boost.fiber 0.0816, at most 0.08: MISSED", line_of(table, "boost.fiber"))

    def test_a_bar_where_higher_is_better(self):
        table = results(("echo_1", "weir", 40, "req/s"), ("echo_1", "epoll", 21, "req/s")).table()
        self.assertIn("weir/epoll 1.9, at least 2: MISSED", line_of(table, "epoll"))

    def test_a_bar_for_any_other_peer_holds_for_those_that_are_not_named(self):
        table = results(
            ("echo_1000", "weir", 94, "req/cpu s"),
            ("echo_1000", "epoll", 100, "req/cpu s"),
            ("echo_1000", "go", 100, "req/cpu s"),
        ).table()
        self.assertIn("at least 0.93: met", line_of(table, "epoll"))
        self.assertIn("at least 0.95: MISSED", line_of(table, "go"))

    def test_a_fixed_bar_is_held_against_weir_alone(self):
        table = results(("idle_million", "weir", 4801, "bytes"), ("idle_million", "go", 2700, "bytes")).table()
        self.assertIn("at most 4800: MISSED", line_of(table, "weir"))
        self.assertRegex(line_of(table, "go"), r"weir/go 1\.78$")

    def test_without_weir_there_is_nothing_to_compare(self):
        self.assertRegex(results(("switch", "go", 50, "ns")).table(), r"50 \.\. 50\n")


if __name__ == "__main__":
    unittest.main()
