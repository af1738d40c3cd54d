# SPDX-License-Identifier: MIT
"""When forward takes a connection for idle: when no byte came or went, in neither direction, for so long."""
import time

import loopback
from forwarding import ForwardTest

IDLE = 1.5  # seconds: long against how long a busy machine may keep a test from running


class ForwardIdle(ForwardTest):
    def keep_moving(self, sender, receiver):
        """Sends one byte after the other for longer than the connection may be idle; the number of bytes."""
        count, began = 0, time.monotonic()
        while time.monotonic() - began < 2 * IDLE:
            sender.sendall(b"x")
            self.assertEqual(receiver.recv(1), b"x")
            count += 1
        return count

    def test_ends_a_connection_on_which_nothing_moves(self):
        self.start("--idle-timeout", 0.2)
        client, upstream = self.connection()
        began = time.monotonic()
        self.check_open(client, upstream)
        self.check_ends(client)
        self.check_ends(upstream)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
        self.forward.reports(": 5 bytes up, 5 down, then: timed out\n")

    def test_leaves_a_connection_open_on_which_bytes_move_in_one_direction(self):
        self.start("--idle-timeout", IDLE)
        up, down = self.connection(), self.connection()
        moving = [
            loopback.Background(self.keep_moving, up[0], up[1]),
            loopback.Background(self.keep_moving, down[1], down[0]),
        ]
        for task in moving:
            task.result()
        self.check_open(*up)
        self.check_open(*down)

    def test_leaves_a_connection_open_on_which_one_direction_is_stuck_and_the_other_moves(self):
        self.start("--idle-timeout", IDLE)
        client, upstream = self.connection(receive_room=4096)
        flood = bytes(32 << 20)  # more than the buffers on its way hold
        flooding = loopback.Background(upstream.sendall, flood)
        self.keep_moving(client, upstream)
        self.assertTrue(flooding.is_alive())
        self.assertEqual(len(loopback.receive_exactly(client, len(flood))), len(flood))
        flooding.result()
        self.check_open(client, upstream)

    def test_ends_a_connection_that_is_stuck_in_sending(self):
        self.start("--idle-timeout", 0.2)
        client, upstream = self.connection(receive_room=4096)
        with self.assertRaises(ConnectionError):
            upstream.sendall(bytes(64 << 20))
        self.forward.reports(": 0 bytes up, [0-9]+ down, then: timed out\n")

    def test_never_ends_an_idle_connection_when_the_timeout_is_beyond_the_clock(self):
        for never in ("1e300", "inf", "9223372036", "1e999"):
            with self.subTest(never):
                self.start("--idle-timeout", never, "--drain", never, "--connect-timeout", never)
                client, upstream = self.connection()
                self.check_open(client, upstream)
                self.forward.end_input()
                self.forward.reports("accepting no more")
                self.check_open(client, upstream)
                client.close()
                upstream.close()
                self.check_ends_gracefully("1 connections, 0 failed, 10 bytes up, 10 bytes down\n$")


loopback.main()
