"""Real servers for tests of the post: an SMTP server and an HTTP receiver, each in a thread of its own."""

import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mailbox:
    """A running SMTP server. `refusals` says which recipients get which answer; `mails` what was taken."""

    port: int = 0
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)  # from, to, message
    refusals: dict[str, str] = field(default_factory=dict)
    greeting: str = "220 test"
    data_answer: str = "250 2.0.0 queued"
    before_answer: Callable[[], None] = lambda: None  # after the words were taken, before it is said
    sign_ins: list[str] = field(default_factory=list)  # what was said after AUTH, in order
    encryption: str = "none"  # none, starttls, tls
    tls: ssl.SSLContext | None = None


class _Smtp(socketserver.StreamRequestHandler):
    box: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def setup(self) -> None:
        if self.box.encryption == "tls":
            self._encrypt(begun=False)
        super().setup()

    def handle(self) -> None:
        try:
            self._talk()
        except (ConnectionError, BrokenPipeError, ssl.SSLError):
            return
        finally:
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.close()

    def _encrypt(self, *, begun: bool = True) -> None:
        assert self.box.tls is not None
        self.request = self.box.tls.wrap_socket(self.request, server_side=True)
        if begun:
            super().setup()

    def _talk(self) -> None:
        self.say(self.box.greeting)
        self.sender = self.to = ""
        while line := self.rfile.readline():
            words = line.decode("utf-8").strip()
            verb = words.split(" ", 1)[0].upper()
            answer = getattr(self, f"on_{verb.lower()}", None)
            if answer is None:
                self.say("250 ok")
            else:
                answer(words)
            if verb == "QUIT":
                return

    def on_ehlo(self, _: str) -> None:
        encrypts = ["STARTTLS"] if self.box.encryption == "starttls" else []
        for name in ["test", "SMTPUTF8", *encrypts]:
            self.say(f"250-{name}")
        self.say("250 AUTH PLAIN")

    def on_auth(self, words: str) -> None:
        self.box.sign_ins.append(words)
        self.say("235 ok")

    def on_mail(self, words: str) -> None:
        self.sender = words.partition("<")[2].partition(">")[0]
        self.say("250 ok")

    def on_rcpt(self, words: str) -> None:
        self.to = words.partition("<")[2].partition(">")[0]
        self.say(self.box.refusals.get(self.to, "250 ok"))

    def on_data(self, _: str) -> None:
        box = self.box
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if line and box.data_answer.startswith("250"):
            box.mails.append((self.sender, self.to, b"".join(lines)))
        box.before_answer()
        self.say(box.data_answer)

    def on_starttls(self, _: str) -> None:
        self.say("220 go on")
        self._encrypt()

    def on_quit(self, _: str) -> None:
        self.say("221 bye")


class _ThreadingServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def smtp_server(box: Mailbox | None = None) -> Iterator[Mailbox]:
    """An SMTP server on a free port of this machine."""
    box = box or Mailbox()
    handler = type("Handler", (_Smtp,), {"box": box})
    with _ThreadingServer(("127.0.0.1", box.port), handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


@dataclass
class Receiver:
    """A running HTTP receiver: what it was sent, and how it answers."""

    url: str = ""
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)  # path, headers, body
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)


class _Http(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        it = self.receiver
        it.calls.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        said = json.dumps(it.answer).encode()
        try:
            self.send_response(it.status)
            for name, value in it.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except (ConnectionError, BrokenPipeError):
            return

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    """An HTTP receiver on a free port of this machine."""
    receiver = Receiver()
    handler = type("Handler", (_Http,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
