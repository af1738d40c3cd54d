# SPDX-License-Identifier: MIT
"""How forward is called: what --help says, and what it says to wrong arguments."""
import unittest

import loopback

TIMES = ("--idle-timeout", "--connect-timeout", "--drain")
OPTIONS = ("--listen", "--to", "--max-connections", "--quiet", *TIMES)


def forward(*arguments):
    return loopback.run("forward", *arguments)


class ForwardArguments(unittest.TestCase):
    def check_refuses(self, option, value):
        with self.subTest(f"{option}={value}"):
            right = {"--to": "127.0.0.1:1", "--listen": "127.0.0.1:0"}
            status, said, complaint = forward(*(f"{name}={text}" for name, text in {**right, option: value}.items()))
            self.assertNotIn(status, (0, 1))
            self.assertEqual(said, "")
            self.assertIn(option, complaint)
            self.assertIn(value, complaint)
            self.assertLess(len(complaint), 200)

    def test_help_names_every_option(self):
        status, said, complaint = forward("--help")
        self.assertEqual((status, complaint), (0, ""))
        for option in OPTIONS:
            self.assertIn(option, said)

    def test_refuses_times_that_are_none(self):
        for option in TIMES:
            for value in ("0", "-1", "-1e300", "nan", "-inf", "soon", "1s", "1e-999", ""):
                self.check_refuses(option, value)

    def test_refuses_addresses_that_are_none(self):
        wrong = ("8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "1.2.3:4", "")
        for option in ("--listen", "--to"):
            for value in wrong:
                self.check_refuses(option, value)

    def test_refuses_numbers_of_connections_that_are_none(self):
        for value in ("0", "-1", "many", "1.5", "5x", "99999999999999999999999"):
            self.check_refuses("--max-connections", value)

    def test_asks_for_the_upstream(self):
        status, _, complaint = forward("--listen=127.0.0.1:0")
        self.assertNotIn(status, (0, 1))
        self.assertIn("--to is required", complaint)

    def test_refuses_what_it_does_not_know(self):
        for unknown in ("--forever", "more"):
            status, _, complaint = forward("--to=127.0.0.1:1", "--listen=127.0.0.1:0", unknown)
            self.assertNotIn(status, (0, 1))
            self.assertIn(unknown, complaint)

    def test_names_the_address_that_it_cannot_listen_at(self):
        port = loopback.listen(self).getsockname()[1]
        status, _, complaint = forward("--to=127.0.0.1:1", f"--listen=127.0.0.1:{port}")
        self.assertEqual((status, complaint), (1, f"forward: 127.0.0.1:{port}: Address already in use\n"))


loopback.main()
