# SPDX-License-Identifier: MIT
"""What forward does with more connections than it may have at one time: they wait to be accepted."""
import select

import loopback
from forwarding import ForwardTest


class ForwardLimit(ForwardTest):
    def reached(self):
        """Whether another connection has reached the upstream."""
        return select.select([self.listener], [], [], 0)[0] != []

    def test_accepts_the_next_connection_when_one_has_ended(self):
        self.start("--max-connections", 2)
        first, second = self.connection(), self.connection()
        third = self.forward.connect()
        third.sendall(b"hello")
        for _ in range(20):  # many a turn of the forwarder, in which it could accept
            self.check_open(*first)
            self.check_open(*second)
            self.assertFalse(self.reached())
        for end in first:
            end.close()
        upstream = loopback.accept(self, self.listener)
        self.assertEqual(loopback.receive_exactly(upstream, 5), b"hello")
        self.check_open(third, upstream)
        self.check_open(*second)

    def test_takes_a_connection_that_failed_for_ended(self):
        self.start("--max-connections", 1)
        for _ in range(3):
            client, upstream = self.connection()
            loopback.reset(client)
            self.check_ends(upstream)


loopback.main()
