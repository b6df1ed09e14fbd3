"""A workspace served as `viaggio serve` does it, whose server is killed and started again at will.

Programs that need the workspace's records run in processes of their own (`inside.py`), because a process
serves one workspace only. `VIAGGIO_DATABASE` in `more` moves the records to PostgreSQL.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).with_name("inside.py")
_SERVE = """
import sys
from pathlib import Path
from viaggio.web.serve import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]))
"""

type Settings = Mapping[str, str]
"""What is added to the environment of the server and of all programs beside it."""


def environment(more: Settings) -> dict[str, str]:
    """This program's, without what it knows of other workspaces, our sources first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIAGGIO_", "DJANGO_"))}
    paths = [REPOSITORY / "src", REPOSITORY, REPOSITORY / "tests" / "web"]
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, paths)), **more}


def inside(root: Path, more: Settings, verb: str, *arguments: object) -> Any:
    """What a program of `inside.py` says of the workspace."""
    command = [sys.executable, str(INSIDE), str(root), verb, *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment(more))
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def call(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Fragile:
    """A server that is killed and started again on the same port."""

    def __init__(self, root: Path, more: Settings) -> None:
        self.root, self.more = root, more
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-c", _SERVE, str(self.root), str(self.port)]
        with (self.root / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment(self.more), start_new_session=True, stdout=log, stderr=log
            )
        for _ in range(1200):
            with contextlib.suppress(OSError):
                if call(self.port, "GET", "/health")[0] == 200:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise TimeoutError(f"the server did not come up: {self.log[-2000:]}")

    def kill(self) -> None:
        """As the machine would at its worst: no goodbye, the workers too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """As an operator does."""
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def log(self) -> str:
        """What all its lives wrote."""
        return (self.root / "server.log").read_text(errors="replace")


@contextmanager
def served(root: Path, more: Settings) -> Iterator[Fragile]:
    """A running server, gone at the end however it ends."""
    server = Fragile(root, more)
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """An empty PostgreSQL database on this server, dropped at the end; gives its address."""
    import psycopg

    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'drop database "{name}" with (force)')
