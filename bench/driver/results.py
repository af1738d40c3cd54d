# SPDX-License-Identifier: MIT
"""What the rounds gave: medians, and how weir's compare with its peers' and with the bars."""
import json
import statistics
from dataclasses import dataclass, field

from driver.bars import BENCHMARKS

WEIR = "weir"


@dataclass
class Figure:
    """One benchmark of one program, over all its rounds."""

    unit: str
    n: int
    values: list = field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.values)


class Results:
    """All figures, by benchmark and by whose they are, in the order in which they came."""

    def __init__(self):
        self._figures = {}

    def __bool__(self):
        return bool(self._figures)

    def add(self, measured):
        by_who = self._figures.setdefault(measured["name"], {})
        figure = by_who.setdefault(measured["who"], Figure(measured["unit"], measured["n"]))
        figure.values.append(measured["value"])

    def as_json(self):
        rows = [
            {"name": name, "who": who, "value": figure.median, "unit": figure.unit, "n": figure.n}
            for name, by_who in self._figures.items()
            for who, figure in by_who.items()
        ]
        return json.dumps(rows, indent=1) + "\n"

    def table(self):
        return "\n".join(_section(name, by_who) for name, by_who in self._figures.items())


def _section(name, by_who):
    lines = [f"{name}: {BENCHMARKS[name].about}"]
    for who, figure in by_who.items():
        values = f"{_number(min(figure.values))} .. {_number(max(figure.values))}"
        line = f"  {who:14}{_number(figure.median):>10} {figure.unit:10}{values:>22}"
        lines.append(f"{line}   {_comparison(name, who, by_who)}".rstrip())
    return "\n".join(lines) + "\n"


def _comparison(name, who, by_who):
    """For weir the fixed bar, if there is one; for a peer weir's ratio to it, and the bar for that."""
    if WEIR not in by_who:
        return ""
    ours = by_who[WEIR].median
    if who == WEIR:
        bar = BENCHMARKS[name].fixed_bar()
        return _verdict(bar, ours) if bar else ""
    ratio = ours / by_who[who].median
    bar = BENCHMARKS[name].bar_against(who)
    return f"weir/{who} {ratio:.3g}" + (f", {_verdict(bar, ratio)}" if bar else "")


def _verdict(bar, value):
    return f"{bar}: {'met' if bar.met(value) else 'MISSED'}"


def _number(value):
    """A number with three digits that count, or all of those before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
