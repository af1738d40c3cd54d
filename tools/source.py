# SPDX-License-Identifier: MIT
"""What the checks in this folder share: the project's files, and how a check reports.

A check is a function `problems(path, text)` that returns one line of text for each thing wrong with a file.
Each check carries inputs that it must find fault with and runs them first: a check that cannot fail is a defect.
"""
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent


def files(*suffixes):
    """The project's files with one of these suffixes, as paths relative to the root; all of them when none is given."""
    found = []

    def walk(folder):
        for entry in sorted(folder.iterdir()):
            hidden = entry.name.startswith(".") and entry.name not in (".ci",)
            if entry.is_dir() and not hidden and entry.name not in ("build", "__pycache__"):
                walk(entry)
            elif entry.is_file() and (not suffixes or entry.suffix in suffixes):
                found.append(entry.relative_to(root))

    walk(root)
    return found


def read(path):
    return (root / path).read_text(encoding="utf-8")


def line_of(text, position):
    """The number of the line that a position in a text is on."""
    return text.count("\n", 0, position) + 1


def fail(problems):
    """Prints the problems and ends the check; does nothing when there are none."""
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(1)


def self_test(problems, good, bad):
    """Ends the check unless it accepts all `good` and refuses all `bad` inputs; each is a (path, text)."""
    for path, text in good:
        if found := problems(pathlib.Path(path), text):
            sys.exit(f"self-test: refused a correct {path}: {found}")
    for path, text in bad:
        if not problems(pathlib.Path(path), text):
            sys.exit(f"self-test: accepted a wrong {path}: {text!r}")


def run(problems, paths, good, bad):
    """A whole check: the self-test, then every path."""
    self_test(problems, good, bad)
    fail([problem for path in paths for problem in problems(path, read(path))])
