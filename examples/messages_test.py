# SPDX-License-Identifier: MIT
"""Runs the programs of examples/messages, and compares what each prints with what docs/messages.md says it prints.

There, a link to the program's source stands before its code, and the first ```text block after that link is its output.
"""
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PAGE = (HERE.parent / "docs/messages.md").read_text(encoding="utf-8")
OUTPUT = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAMS = pathlib.Path(sys.argv.pop(1)) / "messages"


def output_in_the_page(name):
    begins = PAGE.find(f"(../examples/messages/{name}.cpp)")
    output = OUTPUT.search(PAGE, begins) if begins >= 0 else None
    return output and output[1]


class Messages(unittest.TestCase):
    def test_programs_print_what_the_page_says(self):
        names = sorted(source.stem for source in (HERE / "messages").glob("*.cpp"))
        self.assertTrue(names)
        for name in names:
            with self.subTest(name):
                done = subprocess.run([PROGRAMS / name], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, output_in_the_page(name))


unittest.main()
