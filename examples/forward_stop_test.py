# SPDX-License-Identifier: MIT
"""How forward ends: at the end of its input it takes no more connections, and gives the open ones some time."""
import time

import loopback
from forwarding import ForwardTest


class ForwardStop(ForwardTest):
    def test_ends_at_the_end_of_its_input(self):
        self.start()
        self.forward.end_input()
        self.check_ends_gracefully("0 connections, 0 failed, 0 bytes up, 0 bytes down\n$")

    def test_does_not_take_input_for_its_end(self):
        self.start()
        self.forward.process.stdin.write("quit\n" * 10_000)
        self.forward.process.stdin.flush()
        self.check_open(*self.connection())

    def test_lets_open_connections_go_on_and_takes_no_more(self):
        self.start()
        client, upstream = self.connection()
        self.forward.end_input()
        self.forward.reports("accepting no more; open connections get 10 s\n")
        with self.assertRaises(ConnectionRefusedError):
            self.forward.connect()
        self.check_open(client, upstream)
        client.close()
        upstream.close()
        self.check_ends_gracefully("1 connections, 0 failed, 5 bytes up, 5 bytes down\n$")

    def test_cuts_off_what_is_open_when_the_time_to_drain_is_over(self):
        self.start("--drain", 0.2)
        client, upstream = self.connection()
        self.check_open(client, upstream)
        began = time.monotonic()
        self.forward.end_input()
        self.check_ends(client)
        self.check_ends(upstream)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
        self.check_ends_gracefully("1 connections, 1 failed, .*; those that were left were cut off\n$")

    def test_ends_while_it_has_as_many_connections_as_it_may(self):
        self.start("--max-connections", 1)
        client, upstream = self.connection()
        waits = self.forward.connect()
        self.check_open(client, upstream)
        self.forward.end_input()
        self.forward.reports("accepting no more")
        client.close()
        upstream.close()
        self.check_ends(waits)
        self.check_ends_gracefully("1 connections, 0 failed")


loopback.main()
