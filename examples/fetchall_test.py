# SPDX-License-Identifier: MIT
"""What fetchall fetches, and what ends it: pages of an HTTP server of the test's own, some of which let wait for them."""
import http.server
import re
import select
import signal
import socket
import threading
import unittest

import loopback


class Handler(http.server.BaseHTTPRequestHandler):
    """/bytes/N has N bytes; /wait has none before the test ends; there are no other pages."""

    def do_GET(self):
        if self.path == "/wait":
            self.server.released.wait(loopback.DEADLINE)
            return
        size = re.fullmatch(r"/bytes/(\d+)", self.path)
        if not size:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(bytes(int(size[1])))

    def log_message(self, *_):
        pass


class FetchAll(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer((loopback.LOOPBACK, 0), Handler)
        self.server.released = threading.Event()
        serving = loopback.Background(self.server.serve_forever)
        self.addCleanup(self.server.server_close)
        self.addCleanup(serving.result)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.released.set)

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def unreachable(self):
        """A URL whose port is taken, but by nobody who listens."""
        taken = socket.socket()
        self.addCleanup(taken.close)
        taken.bind((loopback.LOOPBACK, 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"

    def fetch(self, urls, *arguments):
        status, said, complaint = loopback.run("fetchall", *arguments, given="".join(f"{url}\n" for url in urls))
        *self.lines, self.summary = said.splitlines()
        self.assertEqual(len(self.lines), len(urls), said + complaint)
        return status, complaint

    def check_line(self, beginning, url, end=""):
        """Exactly one line is about the URL, and it says that."""
        about = [line for line in self.lines if re.search(f"  {re.escape(url)}(:|$)", line)]
        self.assertEqual(len(about), 1, self.lines)
        self.assertRegex(about[0], f"^{beginning} .*  {re.escape(url)}{end}$")

    def test_fetches_all_and_counts_them(self):
        sizes = [0, 1, 10, 100, 1_000, 100_000, 1 << 20]
        self.assertEqual(self.fetch([self.url(f"/bytes/{size}") for size in sizes]), (0, ""))
        for size in sizes:
            self.check_line(rf"200 +{size} bytes +[0-9.]+", self.url(f"/bytes/{size}"))
        self.assertRegex(self.summary, rf"^7 of 7 fetched, 0 .* 0 failed, 0 cut off; {sum(sizes)} bytes in [0-9.]+ s$")

    def test_takes_an_error_status_for_an_answer(self):
        urls = [self.url("/nothing"), self.url("/bytes/5"), self.url("/none")]
        self.assertEqual(self.fetch(urls, "--at-once=1"), (0, ""))
        self.check_line("404", urls[0])
        self.check_line(r"200 +5 bytes", urls[1])
        self.check_line("404", urls[2])
        self.assertRegex(self.summary, "^3 of 3 fetched, 2 of them with an error status; 0 failed, 0 cut off; ")

    def test_one_that_cannot_be_fetched_ends_the_others(self):
        refused = self.unreachable()
        urls = [self.url("/wait"), refused, self.url("/bytes/1")]
        status, complaint = self.fetch(urls, "--at-once=2")
        self.assertEqual(status, 1)
        self.assertIn("--keep-going", complaint)
        self.check_line("cancelled", urls[0])
        self.check_line("failed", refused, ": Connection refused")
        self.check_line("not begun", urls[2])
        self.assertRegex(self.summary, "^0 of 3 fetched, 0 .*; 1 failed, 2 cut off; 0 bytes ")

    def test_goes_on_if_asked_to(self):
        refused = self.unreachable()
        urls = [refused, self.url("/bytes/1"), self.url("/bytes/2")]
        self.assertEqual(self.fetch(urls, "--at-once=1", "--keep-going"), (1, ""))
        self.check_line("failed", refused, ": Connection refused")
        self.check_line(r"200 +1 bytes", urls[1])
        self.check_line(r"200 +2 bytes", urls[2])
        self.assertRegex(self.summary, "^2 of 3 fetched, 0 .*; 1 failed, 0 cut off; 3 bytes ")

    def test_ends_at_its_deadline(self):
        urls = [self.url("/wait"), self.url("/bytes/1")]
        status, complaint = self.fetch(urls, "--at-once=1", "--deadline=0.5")
        self.assertEqual(status, 1)
        self.assertIn("deadline", complaint)
        self.check_line("cancelled", urls[0])
        self.check_line("not begun", urls[1])
        self.assertRegex(self.summary, "^0 of 2 fetched, 0 .*; 0 failed, 2 cut off; 0 bytes ")

    def test_a_page_that_takes_too_long_cannot_be_fetched(self):
        url = self.url("/wait")
        self.assertEqual(self.fetch([url], "--timeout=0.5", "--keep-going"), (1, ""))
        self.check_line("failed", url, ": timed out")


class Answers(unittest.TestCase):
    """Answers that a test sends by hand."""

    def setUp(self):
        self.listener = loopback.listen(self)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def start(self, paths, *arguments):
        self.fetchall = loopback.Running(self, "fetchall", "--keep-going", *arguments)
        for path in paths:
            self.fetchall.process.stdin.write(f"{self.url}{path}\n")
        self.fetchall.end_input()

    def asked(self):
        """The next connection, and the path that is asked for."""
        connection = loopback.accept(self, self.listener)
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            some = connection.recv(1 << 16)
            self.assertTrue(some, request)
            request += some
        port = self.listener.getsockname()[1]
        path = re.fullmatch(rf"GET (\S+) HTTP/1.0\r\nHost: 127[.]0[.]0[.]1:{port}\r\n\r\n", request.decode())
        self.assertTrue(path, request)
        return connection, path[1]

    def answer(self, sent):
        """Starts one fetch, answers it so, and gives its line."""
        self.start(["/x"])
        connection, _ = self.asked()
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return self.fetchall.says("/x")

    def test_fetches_so_many_at_once_and_no_more(self):
        paths = [f"/{number}" for number in range(7)]
        self.start(paths, "--at-once=3")
        under_way = [self.asked() for _ in range(3)]
        seen = [path for _, path in under_way]
        while under_way:
            if len(seen) < len(paths):  # there are more, which would have come by now
                self.assertEqual(select.select([self.listener], [], [], 0)[0], [], "more than 3 at once")
            connection, path = under_way.pop(0)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
            connection.close()
            self.fetchall.says(path)
            if len(seen) < len(paths):
                under_way.append(self.asked())
                seen.append(under_way[-1][1])
        self.assertEqual(sorted(seen), paths)
        self.fetchall.says("7 of 7 fetched")

    def finish(self, under_way):
        """Answers those under way; what the program said on standard error, when it has ended well."""
        for connection, _ in under_way:
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
            connection.close()
        status, _ = self.fetchall.ends()
        complaint = self.fetchall.process.stderr.read()
        self.assertEqual(status, 0, complaint)
        return complaint

    def test_says_what_every_task_does_after_so_many(self):
        self.start(["/0", "/1", "/2", "/3"], "--at-once=3", "--dump-after=1")
        under_way = sorted([self.asked() for _ in range(3)], key=lambda asked: asked[1])
        connection, _ = under_way.pop(0)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        connection.close()
        under_way.append(self.asked())  # begun when all was said
        dump = re.split(r"^ *task ", self.finish(under_way), flags=re.MULTILINE)
        fetching = [task for task in dump if re.match(r'\d+ "GET ', task)]
        self.assertEqual(len(fetching), 3, dump)
        self.assertRegex(fetching[0], rf'^\d+ "GET {self.url}/0", .*: running\n')
        for task, path in zip(fetching[1:], ("/1", "/2")):
            self.assertRegex(task, rf'^\d+ "GET {self.url}{path}", .*: waits for recv [(]fd')
            self.assertRegex(task, r"(?m)^ +examples::get\b.*http_get[.]hpp:\d+$")

    def test_says_what_every_task_does_when_it_is_sent_a_signal(self):
        self.start(["/0", "/1"])
        under_way = [self.asked() for _ in range(2)]
        self.fetchall.process.send_signal(signal.SIGUSR1)
        for path in ("/0", "/1"):
            self.fetchall.reports(rf'^ *task \d+ "GET {self.url}{path}", .*: waits for recv [(]fd')
            self.fetchall.reports(r"^ +examples::get\b.*http_get[.]hpp:\d+$")
        self.finish(under_way)

    def test_asks_for_path_and_query_only(self):
        self.start(["?a=b", "/c/d?e=f#g"], "--at-once=1")
        for wanted in ("/?a=b", "/c/d?e=f"):
            connection, path = self.asked()
            self.assertEqual(path, wanted)
            connection.close()

    def test_counts_what_the_header_says_and_no_more(self):
        said = self.answer(b"HTTP/1.1 203 Fine\r\ncontent-LENGTH: 3 \r\nX: y\r\n\r\nabcd")
        self.assertRegex(said, r"^203 +3 bytes ")

    def test_says_what_is_no_complete_answer(self):
        header = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n"
        for sent, wanted in (
            (header + b"\r\nab", "before the answer was complete"),
            (header, "before the answer was complete"),
            (b"", "before the answer was complete"),
            (b"220 mail.example ready\r\n", "not HTTP"),
            (b"HTTP/1.0 2x0 OK\r\n\r\n", "not HTTP"),
            (b"HTTP/1.0 200 OK\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", "too long"),
        ):
            with self.subTest(sent[:40]):
                said = self.answer(sent)
                self.assertRegex(said, "^failed ")
                self.assertIn(wanted, said)


loopback.main()
