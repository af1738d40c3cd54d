# SPDX-License-Identifier: MIT
"""What forward does when a client or the upstream fails: it says what failed first, and serves the others."""
import loopback
from forwarding import ForwardTest


class ForwardFailure(ForwardTest):
    def test_says_that_the_upstream_refuses_and_ends_the_connection(self):
        self.start()
        self.listener.close()
        self.check_ends(self.forward.connect())
        self.forward.reports(": cannot reach 127[.]0[.]0[.]1:[0-9]+: Connection refused\n")
        self.forward.end_input()
        self.check_ends_gracefully("1 connections, 1 failed, 0 bytes up, 0 bytes down\n$")

    def test_ends_the_client_when_the_upstream_resets(self):
        self.start()
        client, upstream = self.connection()
        self.check_open(client, upstream)
        loopback.reset(upstream)
        self.check_ends(client)
        self.forward.reports(": 5 bytes up, 5 down, then: Connection reset by peer\n")

    def test_ends_the_upstream_when_the_client_resets(self):
        self.start()
        client, upstream = self.connection()
        self.check_open(client, upstream)
        loopback.reset(client)
        self.check_ends(upstream)
        self.forward.reports(": 5 bytes up, 5 down, then: Connection reset by peer\n")

    def test_serves_others_whatever_fails(self):
        self.start()
        stays = self.connection()
        client, upstream = self.connection()
        loopback.reset(client)
        self.check_ends(upstream)
        self.check_open(*stays)
        self.check_open(*self.connection())


loopback.main()
