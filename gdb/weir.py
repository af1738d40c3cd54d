# SPDX-License-Identifier: MIT
"""Commands of gdb for programs that use weir, live and dead: `info weir-tasks`, `weir-task`, `weir-gcore`.

Every such program carries this text, and gdb runs it with the program where its auto-load safe-path allows that;
docs/gdb.md says more. What it knows of the layout of hubs and tasks the debug information tells. gdb runs all scripts
in one namespace, so all names here begin with weir.

While a parked task is looked at, gdb is told that it is what called the thread's innermost function. So no register is
written, which a core file does not allow, and which a live process might have to live with.
"""
import bisect
import contextlib
import itertools
import json
import os
import re
import struct
import time

import gdb
import gdb.unwinder
from gdb.FrameDecorator import FrameDecorator

# Where the members of weir::detail::context belong, by processor.
WEIR_REGISTERS = {
    "x86-64": {"resume_address": "rip", "stack_pointer": "rsp", "frame_pointer": "rbp", "base_pointer": "rbx"},
    "aarch64": {"resume_address": "pc", "stack_pointer": "sp", "frame_pointer": "x29", "base_pointer": "x19"},
}
WEIR_LISTED = 20  # task numbers in an error
WEIR_LONGEST_NAME = 256
WEIR_RED_ZONE = 128  # bytes below the stack pointer that a function may use


def weir_registers():
    processor = gdb.newest_frame().architecture().name()
    for name, registers in WEIR_REGISTERS.items():
        if name in processor:
            return registers
    raise gdb.GdbError(f"weir does not run on {processor}")


def weir_inner(value, code):
    """The first pointer or number in a value, however deep: what a type of the standard library is about."""
    kind = value.type.strip_typedefs()
    if kind.code == code:
        return value
    if kind.code == gdb.TYPE_CODE_STRUCT:
        for field in kind.fields():
            is_static = not hasattr(field, "bitpos")
            if not is_static and (found := weir_inner(value[field], code)) is not None:
                return found
    return None


def weir_pointer(value):
    return weir_inner(value, gdb.TYPE_CODE_PTR)


def weir_number(value):
    return int(weir_inner(value, gdb.TYPE_CODE_INT))


def weir_members(members, type_name):
    """The members of a weir::detail::list."""
    end = members[members.type.fields()[0]].address
    pointer, passed = gdb.lookup_type(type_name).pointer(), set()
    hook = members["next_"]
    while int(hook) not in (0, int(end)):
        if int(hook) in passed:
            raise gdb.GdbError(f"a list of {type_name} is damaged")
        passed.add(int(hook))
        member = hook.cast(pointer).dereference()
        yield member
        hook = member["next_"]
        if int(hook) == 0:
            raise gdb.GdbError(f"the core file lacks a {type_name}; weir-gcore makes one that has all stacks")


class WeirHub:
    """A weir::detail::hub_core."""

    def __init__(self, core):
        self.core = core
        self.serial = int(core["serial"])

    @staticmethod
    def all():
        if gdb.selected_thread() is None:
            raise gdb.GdbError("there is neither a process nor a core file")
        hubs = gdb.lookup_global_symbol("weir::detail::all_hubs")
        if hubs is None:
            raise gdb.GdbError("the program does not use weir, or its debug information was removed")
        try:
            found = [WeirHub(core) for core in weir_members(hubs.value()["hubs_"], "weir::detail::hub_core")]
        except gdb.MemoryError:
            found = []  # the program has just been loaded, and the list's own address is not set
        if not found:
            raise gdb.GdbError("no hub in this process")
        return found

    def tasks(self):
        return (WeirTask(self, record) for record in weir_members(self.core["alive"], "weir::detail::task_record"))

    def thread(self):
        """As gdb knows it; None where its number is another there, as from outside of a container."""
        threads = gdb.selected_inferior().threads()
        return next((thread for thread in threads if thread.ptid[1] == int(self.core["thread"])), None)

    def record_on_thread(self):
        """The record of the task, or loop, whose frames the thread stands on: mostly the current one."""
        current = self.core["current"].dereference()
        if (thread := self.thread()) is None:
            return current
        with weir_selection_kept():
            thread.switch()
            top = int(gdb.newest_frame().read_register(weir_registers()["stack_pointer"]))
        others = (task.record for task in self.tasks())
        for record in itertools.chain([current], others, [self.core["loop_"]]):
            stack = record["stack"]
            if int(stack) != 0 and int(stack["bottom"]) <= top < int(stack["top"]):
                return record
        return current  # on the thread's own stack, or a signal's

    def stacks(self):
        """What its tasks and its loop use of their stacks, as addresses from and to."""
        on_thread = self.record_on_thread()
        for record in itertools.chain((task.record for task in self.tasks()), [self.core["loop_"]]):
            stack = record["stack"]
            if int(stack) == 0:  # the thread's own, or none yet
                continue
            lowest = int(stack["bottom"]) + int(stack["guard_size"])
            is_saved = record.address != on_thread.address
            used = int(record["stack_pointer"]) - WEIR_RED_ZONE if is_saved else lowest
            yield max(used, lowest), int(stack["top"])

    def now(self):
        """Nanoseconds, by the clock of its tasks, and whether that is more than the hub's last reading of it."""
        clock = weir_pointer(self.core["clock"]).dynamic_type.target().name
        connection = gdb.selected_inferior().connection
        if clock == "weir::detail::monotonic_clock" and connection is not None and connection.type == "native":
            return time.monotonic_ns(), True
        return weir_number(self.core["now"]), False


class WeirTask:
    """A weir::detail::task_record."""

    def __init__(self, hub, record):
        self.hub = hub
        self.record = record
        self.number = int(record["id"])

    def __str__(self):
        return f"task {self.number}" + (f" {self.name()}" if self.name() else "")

    def name(self):
        """In quotes; empty if it has none."""
        name = self.record["name"]
        length = min(weir_number(name), WEIR_LONGEST_NAME)
        text = weir_pointer(name).string(encoding="utf-8", errors="replace", length=length)
        return json.dumps(text, ensure_ascii=False) if text else ""

    def is_parked(self):
        return int(self.record["parked_on"]) != 0

    def state(self):
        waiting = self.is_parked() or self.record["awaits_start"]
        running = self.record.address == self.hub.core["current"]
        state = "running" if running else "waiting" if waiting else "ready"
        return state + (", cancelled" if self.record["cancelled"] else "")

    def waits_for(self):
        if not self.is_parked():
            return "its start" if self.record["awaits_start"] else ""
        wait = self.record["parked_on"]
        if int(wait["fd_"]) >= 0:
            return f"{wait['what_'].string()} (fd {int(wait['fd_'])})"
        return wait["what_"].string() + (f" ({int(wait['object_']):#x})" if int(wait["object_"]) else "")

    def waits_since(self, now):
        return f"{(now - weir_number(self.record['parked_on']['since_'])) / 1e9:.3f} s" if self.is_parked() else ""

    def spawned_at(self):
        place = weir_pointer(self.record["spawned_at"])
        if int(place) != 0 and weir_number(place.dereference()) != 0:
            return f"{weir_pointer(place.dereference()).string()}:{weir_number(place.dereference())}"
        kind = self.record["type"]
        if int(kind) == 0 or not kind["in_family"]:
            return ""
        child = self.record.address.cast(gdb.lookup_type("weir::detail::child_record").pointer())
        line = gdb.find_pc_line(int(child["spawned_from"]) - 1)  # of the call, not behind it
        return f"{line.symtab.filename}:{line.line}" if line.symtab else f"{int(child['spawned_from']):#x}"

    def look_at(self):
        """Has gdb show its frames, in the thread of its hub, and selects the innermost that is not weir's own."""
        thread = self.hub.thread()
        on_thread = self.record.address == self.hub.record_on_thread().address
        if on_thread and thread is None:
            raise gdb.GdbError(f"gdb does not see thread {int(self.hub.core['thread'])}, on which {self} runs")
        if not on_thread and not self.record["started"]:
            raise gdb.GdbError(f"{self} has not begun, so it has no frames")
        weir_view.leave()
        if thread is not None:
            thread.switch()
        if not on_thread:
            weir_view.enter(self)
        frames = list(weir_view.frames())
        if not frames:
            weir_view.leave()
            raise gdb.GdbError(f"gdb finds no frames of {self}")
        next((frame for frame in frames if not (frame.name() or "weir::").startswith("weir::")), frames[0]).select()


class WeirFrame(FrameDecorator):
    def function(self):
        """As in a backtrace without filters: with its arguments, and not their types as well."""
        return self.inferior_frame().name() or super().function()


class WeirFrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class WeirView(gdb.unwinder.Unwinder):
    """What gdb shows in place of a thread's frames, as an unwinder, and, so that `bt` leaves out the thread's innermost
    function, as a frame filter."""

    priority = 1000  # before filters that look at what a frame is

    def __init__(self):
        super().__init__("weir-task")
        self.enabled = False
        self.task = None
        self.runs = 0  # how often the program has gone on
        gdb.unwinder.register_unwinder(None, self, replace=True)
        gdb.frame_filters[self.name] = self
        gdb.events.cont.connect(self.end)

    def enter(self, task):
        """In the selected thread."""
        self.task = task
        self.registers = weir_registers()
        self.saved = {register: int(task.record[member]) for member, register in self.registers.items()}
        self.place = self.place_of(gdb.newest_frame())
        inlined = itertools.takewhile(lambda frame: frame.type() == gdb.INLINE_FRAME, weir_frames())
        self.hidden = len(list(inlined)) + 1
        self.enabled = True
        gdb.invalidate_cached_frames()

    def leave(self):
        if self.enabled:
            self.enabled = False
            self.task = None
            gdb.invalidate_cached_frames()

    def end(self, _event):
        """What goes on is the thread, not the task."""
        self.runs += 1
        self.leave()

    def frames(self):
        """Those of the selected thread that are shown."""
        return itertools.islice(weir_frames(), self.hidden if self.enabled else 0, None)

    def filter(self, frames):
        shown = self.place_of(gdb.newest_frame()) == self.place
        return map(WeirFrame, itertools.islice(frames, self.hidden if shown else 0, None))

    def place_of(self, frame):
        return [int(frame.read_register(self.registers[member])) for member in ("resume_address", "stack_pointer")]

    def __call__(self, pending):
        if self.place_of(pending) != self.place:
            return None
        kinds = {register: pending.read_register(register).type for register in self.saved}
        saved = {register: gdb.Value(number).cast(kinds[register]) for register, number in self.saved.items()}
        # gdb takes a stack for damaged where a caller's frame lies below its callee's, so this one gets a low place.
        below = saved[self.registers["stack_pointer"]]
        info = pending.create_unwind_info(WeirFrameId(below, pending.read_register(self.registers["resume_address"])))
        for register, value in saved.items():
            info.add_saved_register(register, value)
        return info


def weir_frames():
    """Those of the selected thread, the innermost first."""
    frame = gdb.newest_frame()
    while frame is not None:
        yield frame
        frame = frame.older()


@contextlib.contextmanager
def weir_selection_kept():
    """Goes back to the selected thread, task and frame, unless the program has gone on."""
    runs, thread, task, frame = weir_view.runs, gdb.selected_thread(), weir_view.task, gdb.selected_frame()
    try:
        yield
    finally:
        if weir_view.runs == runs and thread.is_valid():
            weir_view.leave()
            thread.switch()
            if task is not None:
                weir_view.enter(task)
            if frame.is_valid():
                frame.select()


def weir_find(wanted):
    """The task of a number, or of the numbers of a hub and a task."""
    numbers = re.fullmatch(r"(?:(\d+)\.)?(\d+)", wanted)
    if not numbers:
        raise gdb.GdbError(f'"{wanted}" is not the number of a task: weir-task [HUB.]TASK [COMMAND]')
    hubs = WeirHub.all()
    if numbers[1]:
        among = [hub for hub in hubs if hub.serial == int(numbers[1])]
        if not among:
            raise gdb.GdbError(f"no hub {numbers[1]}; hubs are: {', '.join(str(hub.serial) for hub in hubs)}")
        hubs = among
    found = [task for hub in hubs for task in hub.tasks() if task.number == int(numbers[2])]
    if not found:
        raise gdb.GdbError(f"no task {wanted}; tasks are: {weir_numbers(hubs)}")
    if len(found) == 1:
        return found[0]
    here = [task for task in found if task.hub.thread() == gdb.selected_thread()]
    if not here:
        which = " or ".join(f"{task.hub.serial}.{task.number}" for task in found)
        raise gdb.GdbError(f"there is a task {wanted} in more than one hub: say {which}")
    return here[0]


def weir_numbers(hubs):
    """Of their tasks, at most so many that a person reads them."""
    prefixes = {hub: f"{hub.serial}." if len(hubs) > 1 else "" for hub in hubs}
    numbers = [f"{prefixes[task.hub]}{task.number}" for hub in hubs for task in hub.tasks()]
    more = [f"and {len(numbers) - WEIR_LISTED:,} more"] if len(numbers) > WEIR_LISTED else []
    return ", ".join(numbers[:WEIR_LISTED] + more) or "none"


def weir_segments(core):
    """Of a core file: a list of the address, the place in the file and the size of what is in it, by address."""
    core.seek(0)
    header = core.read(64)
    (table,) = struct.unpack_from("<Q", header, 32)
    size, count = struct.unpack_from("<HH", header, 54)
    core.seek(table)
    entries = [struct.unpack_from("<IIQQQQ", core.read(size)) for _ in range(count)]
    return sorted((address, place, length) for kind, _, place, address, _, length in entries if kind == 1)


class WeirCommand(gdb.Command):
    """A command whose errors are one line, whatever they come from."""

    def invoke(self, argument, from_tty):
        try:
            self.run(argument.strip(), from_tty)
        except gdb.error as problem:
            raise gdb.GdbError(str(problem)) from None


class WeirTasksCommand(WeirCommand):
    """List the tasks of weir: info weir-tasks

    Of every hub of the process: the task's number and name, whether it is running, ready or waiting, for what and for
    how long, and where it was spawned. With more than one hub a task's number is preceded by its hub's. The one marked
    with * is looked at (see weir-task), or runs on the selected thread."""

    def __init__(self):
        super().__init__("info weir-tasks", gdb.COMMAND_STATUS)

    def run(self, argument, from_tty):
        hubs = WeirHub.all()
        for hub in hubs:
            tasks = list(hub.tasks())
            now, is_current = hub.now()
            thread = f"thread {hub.thread().num} (LWP {hub.thread().ptid[1]})" if hub.thread() else "a thread not seen"
            limit = "" if is_current else ", times up to when it last read its clock"
            gdb.write(f"hub {hub.serial} in {thread}, {len(tasks)} task{'s'[:len(tasks) != 1]}{limit}\n")
            prefix = f"{hub.serial}." if len(hubs) > 1 else ""
            rows = [["", "id", "name", "state", "waits for", "since", "spawned at"]]
            rows += [self.row(task, prefix, now) for task in tasks]
            widths = [max(map(len, column)) for column in zip(*rows)]
            for row in rows:
                gdb.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n")

    def row(self, task, prefix, now):
        return [
            "*" if self.is_marked(task) else " ",
            f"{prefix}{task.number}",
            task.name(),
            task.state(),
            task.waits_for(),
            task.waits_since(now),
            task.spawned_at(),
        ]

    def is_marked(self, task):
        if weir_view.task is not None:
            return weir_view.task.record.address == task.record.address
        return task.state().startswith("running") and task.hub.thread() == gdb.selected_thread()


class WeirTaskCommand(WeirCommand):
    """Look at one task of weir: weir-task [HUB.]TASK [COMMAND]

    Runs a command of gdb, such as bt, as if the task were a thread of its own, and goes back; without a command, looks
    at the task until the program goes on. `weir-task` alone goes back to the thread. Selects the innermost frame that
    is not weir's own. A waiting task's frames begin at #1, or a little higher: those below are the thread's."""

    def __init__(self):
        super().__init__("weir-task", gdb.COMMAND_STACK)

    def run(self, argument, from_tty):
        wanted, _, command = argument.partition(" ")
        if not wanted:
            self.go_back()
        elif command:
            self.run_in(weir_find(wanted), command, from_tty)
        else:
            task = weir_find(wanted)
            task.look_at()
            gdb.write(f"[Looking at {task} of hub {task.hub.serial}]\n")
            gdb.execute("frame", from_tty)

    def go_back(self):
        if weir_view.task is None:
            raise gdb.GdbError("no task is looked at: weir-task [HUB.]TASK [COMMAND]")
        weir_view.leave()
        gdb.newest_frame().select()
        gdb.execute("frame")

    def run_in(self, task, command, from_tty):
        with weir_selection_kept():
            task.look_at()
            # What was lost with the registers that a parked task does not need, gdb would complain of at length.
            gdb.execute(f"with print entry-values no -- {command}", from_tty)


class WeirGcoreCommand(WeirCommand):
    """Make a core file that has the stacks of all tasks of weir: weir-gcore [FILE]

    As gdb's generate-core-file, which leaves out memory with guards in it, such as stacks, where the kernel is of
    version 6.13 or later and gdb does not know that. The kernel's own core files have all."""

    def __init__(self):
        super().__init__("weir-gcore", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def run(self, argument, from_tty):
        path = argument or f"core.{gdb.selected_inferior().pid}"
        stacks = [stack for hub in WeirHub.all() for stack in hub.stacks()]
        gdb.execute(f"generate-core-file {path}", from_tty)
        with open(os.path.expanduser(path), "r+b") as core:
            segments = weir_segments(core)
            for begin, end in stacks:
                self.write(core, segments, begin, end)
        gdb.write(f"It has {len(stacks)} stacks of tasks and loops\n")

    def write(self, core, segments, begin, end):
        address, place, length = segments[bisect.bisect_right(segments, begin, key=lambda segment: segment[0]) - 1]
        if not address <= begin < end <= address + length:
            raise gdb.GdbError(f"the core file has no room for the stack at {begin:#x}")
        core.seek(place + begin - address)
        core.write(gdb.selected_inferior().read_memory(begin, end - begin))


weir_view = WeirView()
WeirTasksCommand()
WeirTaskCommand()
WeirGcoreCommand()
