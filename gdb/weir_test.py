# SPDX-License-Identifier: MIT
"""What gdb shows of parked.cpp with weir.py, which it finds in the program.

Nothing waits for ever: a gdb that takes too long is killed, and with it the program that it runs.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

DEADLINE = 120  # seconds
HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE / "parked.cpp").read_text(encoding="utf-8").splitlines()
gdb = "gdb"
program = pathlib.Path()
plain_program = pathlib.Path()  # the same without debug information of its own


def line_of(comment):
    """Where parked.cpp says this of a line."""
    return next(number for number, line in enumerate(SOURCE, 1) if line.endswith(f"// {comment}"))


def place(comment):
    return rf"parked\.cpp:{line_of(comment)}\b"


def run_gdb(*arguments):
    """What gdb says."""
    done = subprocess.run(
        [gdb, "--batch", "-nx", "-iex", "set debuginfod enabled off", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=DEADLINE,
        check=False,
    )
    return done.stdout


def run_commands(commands, *files, safe_path=None):
    """What gdb says to each of the commands."""
    echoes = [word for command in commands for word in ("-ex", "echo \\n--next--\\n", "-ex", command)]
    said = run_gdb("-iex", f"add-auto-load-safe-path {safe_path or program.parent}", *echoes, *files)
    return [part.strip() for part in said.split("\n--next--\n")[1:]]


def look(scenario, *commands):
    """What gdb says to each command when the program has come to `stop_here`."""
    return run_commands(["break stop_here", f"run {scenario}", *commands], program)[2:]


def rows_of(listing):
    """The marks of the tasks in a list, by their numbers."""
    found = re.findall(r"^([ *]) +([\d.]+) ", listing, re.MULTILINE)
    return {number: mark for mark, number in found}


class InEachState:
    """What has to be the same in a process and in its core file."""

    # What leaves everything as it was, so that one gdb can be asked all of it.
    COMMANDS = [
        "info weir-tasks",
        "bt",
        "weir-task 1 bt",
        "weir-task 2 bt",
        "weir-task 2 bt 1",
        "weir-task 2 bt -1",
        "weir-task 2 frame",
        "weir-task 2 print wanted",
        "weir-task 2 nonsense",
        "weir-task 3 bt",
        "weir-task 4 bt",
        "weir-task 5 bt",
        "weir-task 77 bt",
        "weir-task x bt",
        "weir-task",
        "bt  ",
        "up",
    ]

    @classmethod
    def ask_all(cls):
        cls.said = dict(zip(cls.COMMANDS, cls.look(*cls.COMMANDS), strict=True))

    def test_lists_all_tasks_with_what_they_wait_for_and_where_they_were_spawned(self):
        listing = self.said["info weir-tasks"]
        self.assertEqual(list(rows_of(listing)), ["1", "2", "3", "4", "5", "6"], listing)
        self.assertIn("6 tasks", listing)
        since = r" +\d+\.\d+ s +"
        there = r"\(0x[0-9a-f]+\)"
        self.assertRegex(listing, rf'(?m)^ +1 +"main" +waiting +task\.await {there}{since}\S*parked\.cpp:\d+$')
        self.assertRegex(listing, rf'(?m)^ +2 +"receiver" +waiting +pipe\.recv {there}{since}\S*parked\.cpp:\d+$')
        self.assertRegex(listing, rf'(?m)^ +3 +"a \\"quoted\\" name" +waiting +sleep{since}\S*{place("spawned here")}$')
        self.assertRegex(listing, rf"(?m)^\* +4 +running +\S*{place('the third is spawned here')}$")
        self.assertRegex(listing, r'(?m)^ +5 +"ready" +ready +\S*parked\.cpp:\d+$')
        self.assertRegex(listing, r'(?m)^ +6 +"later" +waiting +its start +\S*parked\.cpp:\d+$')

    def test_shows_the_frames_of_a_task_that_waits_for_a_message(self):
        frames = self.said["weir-task 2 bt"]
        self.assertRegex(frames, rf"(?m)^#\d+ .*wait_for_message .*{place('the receiver parks here')}")
        self.assertNotIn("stop_here", frames)
        self.assertNotIn("find_everyone_parked", frames)
        self.assertRegex(frames, r"weir_task_entry \(\)$")  # which nothing called

    def test_shows_the_frames_of_a_task_that_sleeps(self):
        frames = self.said["weir-task 3 bt"]
        self.assertRegex(frames, rf"(?m)^#\d+ .*wait_for_tomorrow .*{place('the sleeper parks here')}")

    def test_shows_the_frames_of_the_main_task(self):
        frames = self.said["weir-task 1 bt"]
        self.assertRegex(frames, rf"(?m)^#\d+ .*in_each_state .*{place('main parks here')}")

    def test_shows_the_frames_of_the_task_that_runs(self):
        frames = self.said["weir-task 4 bt"]
        self.assertRegex(frames, r"(?m)^#0 .*stop_here ")
        self.assertRegex(frames, r"(?m)^#1 .*find_everyone_parked ")

    def test_runs_any_command_in_the_innermost_frame_that_is_not_of_weir(self):
        self.assertEqual(self.said["weir-task 2 print wanted"], "$1 = 4711")
        at = place("the receiver parks here")
        self.assertRegex(self.said["weir-task 2 frame"], rf"^#\d+ .*wait_for_message .*{at}")

    def test_counts_frames_as_asked(self):
        every = self.said["weir-task 2 bt"].splitlines()
        self.assertEqual(self.said["weir-task 2 bt 1"].splitlines()[0], every[0])
        self.assertEqual(self.said["weir-task 2 bt -1"], every[-1])

    def test_goes_back_to_the_thread(self):
        self.assertEqual(self.said["bt  "], self.said["bt"])
        self.assertRegex(self.said["up"], r"^#1 .*find_everyone_parked ")

    def test_says_what_is_wrong(self):
        for command, complaint in [
            ("weir-task 77 bt", "no task 77; tasks are: 1, 2, 3, 4, 5, 6"),
            ("weir-task x bt", '"x" is not the number of a task: weir-task [HUB.]TASK [COMMAND]'),
            ("weir-task 2 nonsense", 'Undefined command: "nonsense".  Try "help".'),
            ("weir-task 5 bt", 'task 5 "ready" has not begun, so it has no frames'),
            ("weir-task", "no task is looked at: weir-task [HUB.]TASK [COMMAND]"),
        ]:
            self.assertEqual(self.said[command], complaint)

    def test_stays_with_a_task_until_it_is_told_to_go_back(self):
        before, chosen, value, up, listing, other, same, back, after = self.look(
            "bt",
            "weir-task 2",
            "print wanted",
            "up",
            "info weir-tasks",
            "weir-task 3 frame",
            "frame",
            "weir-task",
            "bt",
        )
        self.assertIn('[Looking at task 2 "receiver" of hub 1]', chosen)
        self.assertIn("wait_for_message", chosen)
        self.assertEqual(value, "$1 = 4711")
        self.assertEqual([number for number, mark in rows_of(listing).items() if mark == "*"], ["2"])
        self.assertIn("wait_for_tomorrow", other)
        self.assertEqual(same, up)
        self.assertRegex(back, r"^#0 .*stop_here ")
        self.assertEqual(after, before)


class Process(InEachState, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ask_all()

    @classmethod
    def look(cls, *commands):
        return look("in_each_state", *commands)

    def test_leaves_a_task_when_the_program_goes_on(self):
        _, after, frame, back = self.look("weir-task 2", "next", "frame", "weir-task")
        self.assertIn("find_everyone_parked", after)
        self.assertRegex(frame, r"^#0 .*find_everyone_parked ")
        self.assertEqual(back, "no task is looked at: weir-task [HUB.]TASK [COMMAND]")

    def test_goes_on_as_if_nothing_had_been_looked_at(self):
        *_, end = self.look("weir-task 1 bt", "weir-task 2 bt", "weir-task 3 bt", "weir-task 2", "continue")
        self.assertIn("exited normally", end)


class CoreFile(InEachState, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.core = pathlib.Path(folder.name) / "core"
        look("in_each_state", f"weir-gcore {cls.core}")
        cls.ask_all()

    @classmethod
    def look(cls, *commands):
        return run_commands(commands, program, cls.core)

    def test_says_up_to_when_times_are(self):
        listing = self.said["info weir-tasks"]
        self.assertRegex(listing, "^hub 1 in thread 1 .*, times up to when it last read its clock\n")


class OtherScenes(unittest.TestCase):
    def test_shows_tasks_while_the_loop_runs_and_where_families_were_started(self):
        listing, receiver, pauser = look("in_a_deadlock", "info weir-tasks", "weir-task 2 bt", "weir-task 3 bt")
        self.assertNotIn("running", listing)
        started = place("two are started here")
        self.assertRegex(listing, rf"(?m)^ +2 +waiting  pipe\.recv \(0x[0-9a-f]+\)  .*{started}$")
        self.assertRegex(listing, rf"(?m)^ +3 +waiting  pause .*{started}$")
        self.assertRegex(receiver, rf"wait_for_message .*{place('the receiver parks here')}")
        self.assertRegex(pauser, r"(?m)^#\d+ .*weir::pause<int>")

    def test_tells_hubs_apart(self):
        listing, only, running, waiting, here, thread, none = look(
            "beside_one_hub",
            "info weir-tasks",
            "weir-task 2 frame",
            "weir-task 1.1 bt",
            "weir-task 1.2 frame",
            "weir-task 1 frame",
            "frame",
            "weir-task 3.1",
        )
        self.assertEqual(rows_of(listing), {"1.1": " ", "1.2": " ", "2.1": "*"}, listing)
        self.assertRegex(listing, r"(?m)^hub 1 in thread 2 .*, 2 tasks$")
        self.assertRegex(listing, r"(?m)^hub 2 in thread 1 .*, 1 task$")
        self.assertRegex(running, rf"(?m)^#\d+ .*hold_up_the_thread .*{place('another thread is held up here')}")
        self.assertRegex(waiting, rf"^#\d+ .*wait_for_message .*{place('the receiver parks here')}")
        self.assertEqual(only, waiting)
        self.assertRegex(here, r"^#0 .*stop_here ")
        self.assertEqual(here, thread)
        self.assertEqual(none, "no hub 3; hubs are: 1, 2")

    def test_leaves_the_other_threads_as_they_are_while_it_stays_with_a_task(self):
        commands = ["bt 2", "weir-task 1.2", "thread 1", "bt 2", "thread 2", "bt"]
        before, _, _, after, _, task = look("beside_one_hub", *commands)
        self.assertEqual(after, before)
        self.assertRegex(task, r"(?m)^#\d+ .*wait_for_message ")
        self.assertNotIn("hold_up_the_thread", task)

    def test_asks_which_hub_where_that_is_not_clear(self):
        here, unclear = look("beside_two_hubs", "weir-task 1 frame", "weir-task 2 frame")
        self.assertRegex(here, r"^#0 .*stop_here ")
        self.assertEqual(unclear, "there is a task 2 in more than one hub: say 1.2 or 2.2")

    def test_sees_no_hub_of_the_parent_in_a_forked_child(self):
        commands = ["set follow-fork-mode child", "break stop_here", "run in_a_forked_child", "info weir-tasks"]
        *_, listing = run_commands(commands, program)
        self.assertRegex(listing, "^hub 2 in thread .*, 1 task\n")
        self.assertEqual(rows_of(listing), {"1": "*"})

    def test_says_that_there_is_no_hub(self):
        said = look("after_a_hub", "info weir-tasks", "weir-task 1 bt", "weir-gcore /nonexistent/core")
        self.assertEqual(said, ["no hub in this process"] * 3)
        *_, early = run_commands(["starti", "info weir-tasks"], program)
        self.assertEqual(early, "no hub in this process")

    def test_says_that_there_is_no_process(self):
        said = run_commands(["info weir-tasks", "weir-task 1 bt"], program)
        self.assertEqual(said, ["there is neither a process nor a core file"] * 2)

    def test_says_where_a_core_file_lacks_stacks(self):
        with tempfile.TemporaryDirectory() as folder:
            core = pathlib.Path(folder) / "core"
            look("in_each_state", f"generate-core-file {core}")
            (listing,) = run_commands(["info weir-tasks"], program, core)
        if len(rows_of(listing)) != 6:  # gdb, or the kernel, decides
            self.assertRegex(listing, r"^the core file lacks a weir::\S+; weir-gcore makes one that has all stacks$")

    def test_says_that_the_program_does_not_use_weir(self):
        said = run_commands([f"source {HERE / 'weir.py'}", "starti", "info weir-tasks"], "/bin/true")
        self.assertEqual(said[-1], "the program does not use weir, or its debug information was removed")

    def test_does_without_debug_information_of_the_program(self):
        commands = ["break stop_here", "run in_each_state", "info weir-tasks", "weir-task 2 bt"]
        *_, listing, frames = run_commands(commands, plain_program)
        self.assertEqual(list(rows_of(listing)), ["1", "2", "3", "4", "5", "6"], listing)
        self.assertRegex(frames, r"(?m)^#1 .*wait_for_message")
        self.assertRegex(frames, r"weir_task_entry \(\)$")

    def test_may_be_sourced_too(self):
        *_, listing, frame = look("in_each_state", f"source {HERE / 'weir.py'}", "info weir-tasks", "weir-task 2 frame")
        self.assertEqual(len(rows_of(listing)), 6)
        self.assertIn("wait_for_message", frame)

    def test_is_not_run_where_the_safe_path_does_not_allow_it(self):
        (said,) = run_commands(["info weir-tasks"], program, safe_path="/nonexistent")
        self.assertIn("Undefined info command", said)


def main():
    """Runs the tests: SCRIPT GDB PROGRAM PLAIN_PROGRAM [TEST...]."""
    global gdb, program, plain_program
    gdb, program, plain_program = sys.argv[1], *(pathlib.Path(path).resolve() for path in sys.argv[2:4])
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])


main()
