# SPDX-License-Identifier: MIT
"""Runs the programs in the folders of examples/, and compares what each prints with what the page of its folder says.

The page of examples/messages is docs/messages.md. There, a link to the program's source stands before its code, and the
first ```text block after that link is its output.
"""
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAMS = pathlib.Path(sys.argv.pop(1))


def output_in_the_page(source):
    folder = source.parent.name
    page = (HERE.parent / f"docs/{folder}.md").read_text(encoding="utf-8")
    begins = page.find(f"(../examples/{folder}/{source.name})")
    output = OUTPUT.search(page, begins) if begins >= 0 else None
    return output and output[1]


class Pages(unittest.TestCase):
    def test_programs_print_what_the_pages_say(self):
        sources = sorted(HERE.glob("*/*.cpp"))
        self.assertTrue(sources)
        for source in sources:
            with self.subTest(f"{source.parent.name}/{source.stem}"):
                program = PROGRAMS / source.parent.name / source.stem
                done = subprocess.run([program], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, output_in_the_page(source))


unittest.main()
