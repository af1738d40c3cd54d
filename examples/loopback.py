# SPDX-License-Identifier: MIT
"""What the examples' tests share: running a program, and being its client and its upstream over loopback.

Nothing waits for ever: sockets give up, and a program that runs for too long is killed, which ends the reading of what
it says.
"""
import pathlib
import re
import socket
import subprocess
import sys
import threading
import unittest

DEADLINE = 60  # seconds
LOOPBACK = "127.0.0.1"
programs = pathlib.Path()
socket.setdefaulttimeout(DEADLINE)


class Running:
    """A program of examples/, until the test ends."""

    def __init__(self, test, name, *arguments):
        self.test = test
        self.process = subprocess.Popen(
            [programs / name, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.killer = threading.Timer(DEADLINE, self.process.kill)
        self.killer.start()
        test.addCleanup(self.end)

    def line(self, output, wanted):
        """The next line of an output that matches; reads up to it."""
        passed = []
        for line in output:
            if re.search(wanted, line):
                return line
            passed.append(line)
        return self.test.fail(f"no line said {wanted!r}: {passed} {self.process.stderr.read()}")

    def reports(self, wanted):
        """The next line on standard error that matches; reads up to it."""
        return self.line(self.process.stderr, wanted)

    def says(self, wanted):
        """The next line on standard output that matches; reads up to it."""
        return self.line(self.process.stdout, wanted)

    def end_input(self):
        self.process.stdin.close()

    def ends(self):
        """Waits until it has ended by itself; its status and the rest of what it said on standard output."""
        status = self.process.wait(DEADLINE)
        return status, self.process.stdout.read()

    def end(self):
        self.killer.cancel()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


class Program(Running):
    """A program that listens where its first line says."""

    def __init__(self, test, name, *arguments):
        super().__init__(test, name, *arguments)
        self.port = int(re.search(r":(\d+)", self.says("127[.]0[.]0[.]1:[0-9]+"))[1])

    def connect(self, receive_room=None):
        """A client of the program."""
        client = socket.socket()
        self.test.addCleanup(client.close)
        if receive_room:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_room)
        client.connect((LOOPBACK, self.port))
        return client


def run(name, *arguments, given=""):
    """Runs a program that ends by itself, with that on its standard input; status, standard output, standard error."""
    done = subprocess.run(
        [programs / name, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def listen(test):
    """A listening socket with a port of its own."""
    listener = socket.create_server((LOOPBACK, 0))
    test.addCleanup(listener.close)
    return listener


def accept(test, listener):
    accepted = listener.accept()[0]
    test.addCleanup(accepted.close)
    return accepted


def receive_exactly(connection, count):
    received = bytearray()
    while len(received) < count and (some := connection.recv(count - len(received))):
        received += some
    return bytes(received)


def receive_all(connection):
    """All bytes up to the end of the stream."""
    received = bytearray()
    while some := connection.recv(1 << 16):
        received += some
    return bytes(received)


def reset(connection):
    """Closes it with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


class Background(threading.Thread):
    """Runs a function beside the test; `result` waits for what it returns, and raises what it raised."""

    def __init__(self, function, *arguments):
        super().__init__(daemon=True)
        self.call = function, arguments
        self.returned = self.raised = None
        self.start()

    def run(self):
        function, arguments = self.call
        try:
            self.returned = function(*arguments)
        except BaseException as problem:
            self.raised = problem

    def result(self):
        self.join(DEADLINE)
        if self.is_alive():
            raise TimeoutError(f"{self.call} does not end")
        if self.raised:
            raise self.raised
        return self.returned


def main():
    """Runs the tests of the script: SCRIPT DIRECTORY_OF_THE_PROGRAMS [TEST...]."""
    global programs
    programs = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
