# SPDX-License-Identifier: MIT
"""What dtsrv does for its clients."""
import email.utils
import time
import unittest

import loopback

LENGTH = len("Sat, 21 Nov 2026 11:12:13 +0000\r\n")


class Dtsrv(unittest.TestCase):
    def start(self, *arguments):
        self.dtsrv = loopback.Program(self, "dtsrv", "--listen", "127.0.0.1:0", *arguments)

    def receive_dates(self, client, count):
        """Receives so many dates, as seconds since 1970."""
        lines = loopback.receive_exactly(client, count * LENGTH).decode().splitlines()
        self.assertEqual(len(lines), count)
        return [email.utils.parsedate_to_datetime(line).timestamp() for line in lines]

    def test_sends_the_date_when_a_client_comes_and_each_second(self):
        self.start()
        began = time.time()
        dates = self.receive_dates(self.dtsrv.connect(), 4)
        self.assertTrue(int(began) <= dates[0] and dates[-1] <= time.time(), (began, dates))
        for earlier, later in zip(dates, dates[1:]):
            self.assertGreaterEqual(later, earlier + 1)

    def test_serves_many_clients_at_once(self):
        self.start("--every", 0.01)
        clients = [self.dtsrv.connect() for _ in range(100)]
        for _ in range(3):
            for client in clients:
                self.receive_dates(client, 1)

    def test_outlives_clients_that_go(self):
        self.start("--every", 0.01)
        stays, closes, resets = self.dtsrv.connect(), self.dtsrv.connect(), self.dtsrv.connect()
        for client in (stays, closes, resets):
            self.receive_dates(client, 1)
        closes.close()
        loopback.reset(resets)
        self.receive_dates(stays, 10)  # by then it has met both
        self.receive_dates(self.dtsrv.connect(), 2)


class DtsrvCommandLine(unittest.TestCase):
    def test_refuses_what_is_no_time_between_two_dates(self):
        for wrong in ("0", "-1", "nan", "soon", "1s", ""):
            with self.subTest(wrong):
                status, _, said = loopback.run("dtsrv", f"--every={wrong}")
                self.assertNotEqual(status, 0)
                self.assertIn("--every", said)
                self.assertIn(f'"{wrong}"' if wrong else "--every", said)


loopback.main()
