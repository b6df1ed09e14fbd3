"""Live events through the door of a real server: messages a second, and how long a batch waits.

`python benchmarks/events.py [--seconds 10] [--connections 16] [--batch 100] [--rounds 3]` makes a workspace
with a write key, serves it as `viaggio serve` does (one process), and sends batches over connections that are
kept open, from another process. Then the same against a bare endpoint, round by round: the same server, which
only reads the body, appends it to the same write-ahead file and answers. Prints messages a second by the
clock and by CPU second of the serving process, p50 and p99 of a batch in milliseconds, and the share of the
bare endpoint. What was answered is compared with what lies in the files. Targets: 100,000 messages a second
on one core, 70 % of the bare endpoint, p99 of 40 ms. Exits 1 when something that was answered is missing; on
a busy machine look at CPU seconds.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

HERE = Path(__file__).resolve().parents[1]
POOL = 50
WARM_SECONDS = 4.0
"""A server that has just started warms up its pages beside."""
_PREPARE = """
import sys
from pathlib import Path
from viaggio.store.workspace import Settings, create
from viaggio.web.serve import prepare
root = Path(sys.argv[1])
create(root, Settings(name="Bench"))
prepare(root)
from django.utils import timezone
from viaggio.web.shared.write_keys import issue
print(issue("bench", note="", by="system", now=timezone.now())[1])
"""
_SERVE = """
import sys
from pathlib import Path
from viaggio.web.serve import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]))
"""
_BARE = """
import sys
from pathlib import Path
from gunicorn.app.base import BaseApplication
from viaggio.store.events import FOLDER, Ahead
from viaggio.web.serve import SWITCH_SECONDS, THREADS
kept = []

def application(environ, start_response):
    if not kept:
        sys.setswitchinterval(SWITCH_SECONDS)
        kept.append(Ahead(Path(sys.argv[1]) / FOLDER))
    kept[0].append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "17")])
    return [b'{"success": true}']

class Bare(BaseApplication):
    def load_config(self):
        said = {"bind": f"127.0.0.1:{sys.argv[2]}", "worker_class": "gthread", "threads": THREADS,
                "keepalive": 5, "loglevel": "warning", "control_socket_disable": True}
        for name, value in said.items():
            self.cfg.set(name, value)
    def load(self):
        return application

Bare().run()
"""


@dataclass(frozen=True)
class Seen:
    """What one run gave: batches answered with 200, seconds of each, seconds by the clock and of CPU."""

    waits: list[float]
    refused: int
    clock: float
    cpu: float

    def line(self, name: str, batch: int) -> str:
        """One line of the table."""
        cuts = quantiles(self.waits, n=100)
        sent = len(self.waits) * batch
        return (
            f"{name:<8} {sent / self.clock:>10,.0f} {sent / self.cpu:>12,.0f} {cuts[49] * 1000:>9.1f}"
            f" {cuts[98] * 1000:>9.1f} {len(self.waits):>9,} {self.refused:>8,}"
        )


def bodies(batch: int) -> list[bytes]:
    """Batches as a client of Segment's shape sends them, about 450 bytes a message."""
    made = []
    for number in range(POOL):
        messages = [
            {
                "type": "track" if place % 3 else "page", "event": "Product Viewed", "name": "Product",
                "messageId": f"bench-{number:06d}-{place:06d}-9b1deb4d", "userId": f"U{place * 7919 % 5000}",
                "anonymousId": f"a{place * 104729 % 9000}", "timestamp": "2026-03-02T10:00:00.000Z",
                "properties": {"product_id": f"P{place}", "price": 19.9, "currency": "EUR", "list": place},
                "context": {"library": {"name": "analytics.js", "version": "4.1"}, "locale": "it-IT",
                            "page": {"path": f"/product/{place}", "title": "Una bicicletta"}},
                "integrations": {},
            }
            for place in range(batch)
        ]  # fmt: skip
        made.append(json.dumps({"batch": messages, "sentAt": "2026-03-02T10:00:01.000Z"}).encode())
    return made


def cpu_seconds(group: int) -> dict[int, float]:
    """CPU seconds so far of each process of a group that serves; not of those that fold beside it."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[2]) == group and (b"import serve" in command or b"Bare()" in command):
            found[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def connect(port: int) -> socket.socket:
    """A connection, as soon as the server listens."""
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=30)
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not listen")


def one_client(port: int, requests: list[bytes], until: float, first: int) -> tuple[list[float], int]:
    """Send one request after the other until it is time; seconds of those taken, number of those refused."""
    waits, refused, number = [], 0, first
    line = connect(port)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while (now := time.perf_counter()) < until:
        line.sendall(requests[number % len(requests)])
        answer = line.recv(4096)
        while not answer.endswith(b"}"):  # every answer is one JSON object
            answer += line.recv(4096)
        if answer.startswith(b"HTTP/1.1 200"):
            waits.append(time.perf_counter() - now)
        else:
            refused += 1
        if b"connection: close" in answer.lower():
            line.close()
            line = connect(port)
        number += 1
    line.close()
    return waits, refused


def run(program: str, root: Path, port: int, requests: list[bytes], said: argparse.Namespace) -> Seen:
    """Serve with this program and send to it; some seconds before it counts."""
    command = [sys.executable, "-c", program, str(root), str(port)]
    environment = {**os.environ, "PYTHONPATH": str(HERE / "src"), "VIAGGIO_WORKSPACE": str(root)}
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        connect(port).close()
        one_client(port, requests, time.perf_counter() + WARM_SECONDS, 0)
        before, start = cpu_seconds(server.pid), time.perf_counter()
        with ThreadPoolExecutor(said.connections) as pool:
            until = start + said.seconds
            work = [pool.submit(one_client, port, requests, until, n * 7) for n in range(said.connections)]
            found = [one.result() for one in work]
        clock, after = time.perf_counter() - start, cpu_seconds(server.pid)
        cpu = sum(used - before.get(process, 0.0) for process, used in after.items())
        waits = [wait for some, _refused in found for wait in some]
        return Seen(waits, sum(refused for _waits, refused in found), clock, cpu)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def kept(root: Path) -> int:
    """Requests that lie in the write-ahead files, or that were sealed meanwhile."""
    from viaggio.store.events import FOLDER
    from viaggio.store.events.ahead import whole_lines

    files = (root / FOLDER).rglob("*.wal")
    waiting = sum(1 for file in files for _line in whole_lines(file))
    import pyarrow as pa

    for file in (root / "landing").glob("*/*segment-messages*"):
        with pa.input_stream(str(file), compression="zstd") as stream:
            waiting += bytes(stream.read()).count(b"\n")
    return waiting


def read_speed(folder: Path, batch: int) -> float:
    """Messages that the reader turns into rows in a CPU second, from a file as the door seals it."""
    from viaggio.store.recipes import recipe_reader
    from viaggio.store.recipes.segment import MESSAGES, NAME

    with (folder / MESSAGES).open("wb") as out:
        for number, body in enumerate(bodies(batch) * 6):
            head = f'{{"received_at": 1772445700000000, "request": "r-{number}", "path": "batch", "body": '
            out.write(head.encode() + body + b"}\n")
    start, read = time.process_time(), 0
    for one in recipe_reader(NAME, {MESSAGES: folder / MESSAGES}, {}).batches():
        read += one.read
    return read / (time.process_time() - start)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Print the table; 1 when an answered batch is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    sys.path.insert(0, str(HERE / "src"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "bench"
        environment = {**os.environ, "PYTHONPATH": str(HERE / "src")}
        key = subprocess.check_output([sys.executable, "-c", _PREPARE, str(root)], env=environment, text=True)
        basic = b64encode(f"{key.strip()}:".encode()).decode()
        head = f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\n"
        head += "Content-Type: application/json\r\nContent-Length: "
        requests = [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies(said.batch)]
        print(f"bodies of {len(requests[0]):,} bytes, {said.connections} connections, load {os.getloadavg()}")
        print(f"{'':<8} {'messages/s':>10} {'per CPU s':>12} {'p50 ms':>9} {'p99 ms':>9} {'batches':>9}"
              f" {'refused':>8}")  # fmt: skip
        bare_root = Path(folder) / "bare"
        bare_root.mkdir()
        shares, taken = [], 0
        for _ in range(said.rounds):
            door = run(_SERVE, root, free_port(), requests, said)
            print(door.line("viaggio", said.batch))
            bare = run(_BARE, bare_root, free_port(), requests, said)
            print(bare.line("bare", said.batch))
            shares.append((len(door.waits) / door.cpu) / (len(bare.waits) / bare.cpu))
            taken += len(door.waits)
        whole = kept(root) >= taken
        reading = read_speed(Path(folder), said.batch)
    print(
        f"{median(shares):.0%} of the bare endpoint per CPU second ({min(shares):.0%} to {max(shares):.0%});"
        f" answered is kept: {'yes' if whole else 'NO'}"
    )
    print(f"read afterwards at {reading:,.0f} messages a CPU second")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
