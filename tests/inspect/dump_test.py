#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the programs built from dumped.cpp and looks at the dumps they print.

dump_test.py DIRECTORY COMPILATION: runs DIRECTORY/dumped_COMPILATION, which was built as the name says.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).with_name("dumped.cpp")
NAME = '"q" \\ \n\t\0 \x7f ä€😀 \ufffd|\ufffd'

directory, compilation = pathlib.Path(sys.argv[1]), sys.argv[2]
has_lines = not compilation.endswith("without_g")
optimized = compilation.startswith("O2")


def run(*arguments):
    return run_in(None, *arguments)[0]


def run_in(environment, *arguments):
    """What it writes to standard output and to standard error."""
    done = subprocess.run(
        [directory / f"dumped_{compilation}", *arguments],
        env=environment,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def line_of(mark):
    """Where dumped.cpp has `// mark`."""
    lines = SOURCE.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"// {mark}"))


class Dump(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tasks = {task["name"]: task for task in json.loads(run())}

    def frames(self, task):
        return self.tasks[task]["traceback"]

    def frame(self, task, part):
        return next(frame for frame in self.frames(task) if part in frame["function"])

    def test_names_of_any_bytes_are_valid_json(self):
        self.assertEqual(set(self.tasks), {NAME, "taker", "limited", "later"})

    def test_members_tell_what_a_task_is(self):
        running, taker, later = self.tasks[NAME], self.tasks["taker"], self.tasks["later"]
        self.assertEqual((running["id"], running["parent_id"], running["status"]), (1, 0, "running"))
        self.assertEqual((taker["parent_id"], taker["status"], taker["co_status"]), (1, "waiting", "suspended"))
        self.assertEqual(taker["spawned_at"]["line"], line_of("taker") - 1)
        self.assertRegex(taker["waiting_for"], r"^pipe\.recv \(0x[0-9a-f]+\)$")
        self.assertGreaterEqual(taker["waiting_since"], 0)
        self.assertEqual((later["status"], later["co_status"]), ("waiting", "not_started"))
        self.assertEqual((later["detached"], later["traceback"]), (True, []))

    def test_functions_are_named(self):
        self.assertIn("app::(anonymous namespace)::take(weir::receiver<int>&)", self.frame("taker", "::take(")["function"])
        self.assertIn("take_two", self.frame("taker", "take_two")["function"])
        self.assertEqual(self.frames(NAME)[0]["function"], "weir::task_dump")

    @unittest.skipUnless(has_lines, "compiled without -g")
    def test_files_and_lines_are_those_of_the_source(self):
        for part, mark in [("::take(", "take"), ("take_inlined", "take_inlined"), ("take_two", "take_two")]:
            frame = self.frame("taker", part)
            self.assertEqual(pathlib.Path(frame["file"]).name, SOURCE.name)
            self.assertEqual(frame["line"], line_of(mark), part)
        self.assertEqual(self.frames("taker")[-1]["line"], line_of("taker"))
        self.assertEqual(self.frames("limited")[-1]["line"], line_of("limited"))
        self.assertEqual(self.frames("limited")[1]["line"], line_of("sleep"))

    @unittest.skipUnless(has_lines, "compiled without -g")
    def test_inlined_functions_are_frames_that_say_so(self):
        self.assertTrue(self.frame("taker", "take_inlined")["inlined"])
        self.assertFalse(self.frame("taker", "take_two")["inlined"])

    @unittest.skipUnless(has_lines, "compiled without -g")
    def test_frames_of_weir_are_folded_and_those_that_every_task_begins_with_left_out(self):
        functions = [frame["function"] for frame in self.frames("taker")]
        self.assertEqual(len(functions), 5, functions)
        self.assertEqual(functions[0], "weir::receiver<int>::recv")
        self.assertIn("work", functions[-1])
        functions = [frame["function"] for frame in self.frames("limited")]
        self.assertEqual(len(functions), 4, functions)
        self.assertEqual((functions[0], functions[2]), ("weir::sleep", "weir::with_timeout"))

    @unittest.skipIf(has_lines, "compiled with -g")
    def test_without_debug_information_the_object_is_named_and_the_text_says_what_is_missing(self):
        frame = self.frame("taker", "take_two")
        self.assertEqual((frame["file"], frame["line"]), (None, None))
        self.assertIn(f"dumped_{compilation}", frame["object"])
        self.assertRegex(run("text"), rf"\(no line numbers in \S*dumped_{compilation}: it was compiled without -g")
        # What was inlined has no name of its own then; only what every task begins with is known to be left out.
        self.assertNotIn("weir_run_task", [frame["function"] for frame in self.frames("limited")])

    def test_without_libdw_that_is_logged_and_the_tasks_are_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "libdw.so.1").touch()  # found first, and no object
            path = ":".join(filter(None, (folder, os.environ.get("LD_LIBRARY_PATH"))))
            printed, logged = run_in({**os.environ, "LD_LIBRARY_PATH": path})
        self.assertRegex(logged, r"^tracebacks have no line numbers, .*libdw .* cannot be loaded: .*libdw\.so\.1")
        self.assertEqual({task["name"] for task in json.loads(printed)}, set(self.tasks))

    def test_the_text_has_every_task_on_a_line_of_its_own(self):
        lines = run("text").split("\n")
        self.assertTrue(lines[0].startswith(r'task 1 "\"q\" \\ \n\t\x00 \x7f ä€😀 \xff|\xc3", spawned at '), lines[0])
        self.assertTrue(lines[0].endswith(": running"), lines[0])
        self.assertEqual(sum(line.startswith('  task 2 "taker", spawned at ') for line in lines), 1)
        self.assertEqual(sum("waits for its start" in line for line in lines), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
