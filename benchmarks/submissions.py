"""Survey submissions on a real server: how long each takes at a steady rate, that none is lost or doubled.

`python benchmarks/submissions.py [--rate 100] [--seconds 60] [--twice 0.2]` makes a workspace, asks people,
serves it as `viaggio serve` does (one process group, records in SQLite), and sends forms at an even rate from
another process: each person taps a number, then ends. A share is sent twice. Prints p50, p95, p99 and the
slowest in milliseconds, counted from the moment at which a form was due, and compares what was acknowledged
with what is stored. Targets: p99 <= 50 ms at 100 a second; stored = acknowledged. Exits 1 when either fails.
`--postgresql` keeps the records in a PostgreSQL server of its own, which writes to the disk at each commit;
`VIAGGIO_DATABASE` names another one. `VIAGGIO_PROCESSES=2` lets two processes serve.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import local
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parents[1]
CLIENTS = 32
_ASK = """
import json, sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from django.db import transaction
from django.utils import timezone
from pulses import SHORT, invite, make_pulse
from viaggio.web.pulse.services import links
now = timezone.now()
with transaction.atomic():
    pulse = make_pulse(SHORT)
    pulse.waves.update(starts_at=now - timedelta(days=5), ends_at=now + timedelta(days=5))
    times = {"sent_at": now - timedelta(hours=1), "expires_at": now + timedelta(days=9)}
    print(json.dumps([links.token_of(invite(pulse, **times).id) for _ in range(int(sys.argv[3]))]))
"""
_SERVE = """
import sys
from pathlib import Path
from viaggio.web.serve import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]))
"""
_COUNT = """
import json, sys
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from viaggio.web.pulse.models import Invitation, Response, Submission
print(json.dumps({
    "responses": Response.objects.count(), "complete": Response.objects.filter(state="complete").count(),
    "submissions": Submission.objects.count(), "moved": Invitation.objects.filter(outcome="complete").count(),
}))
"""


def run(program: str, *arguments: object) -> str:
    """What a program of ours prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment()).stdout


def environment() -> dict[str, str]:
    """This program's, with our sources on the path."""
    return {**os.environ, "PYTHONPATH": str(HERE / "src")}


class Sender:
    """Sends one form at its moment and notes how long it took, on a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port, self._kept = port, local()

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._kept, "connection"):
            self._kept.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._kept.connection.connect()
            self._kept.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._kept.connection

    def __call__(self, due: float, token: str, fields: dict[str, str]) -> tuple[str, float, bool]:
        """Token, milliseconds since it was due, and whether it was acknowledged."""
        time.sleep(max(0.0, due - time.monotonic()))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Mozilla/5.0 (iPhone)"}
        connection = self._connection()
        connection.request("POST", f"/a/{token}", urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return token, (time.monotonic() - due) * 1000, answer.status == 303


def forms(tokens: list[str], twice: float, seed: int = 1) -> list[tuple[str, dict[str, str]]]:
    """Every form to send, in order: the tap of one person beside the end of one who tapped before."""
    chance = random.Random(seed)
    taps = [
        (
            token,
            {
                "submission": f"{token[:8]}1",
                "step": "first",
                "shown": "recommend",
                "recommend": str(chance.randrange(11)),
            },
        )
        for token in tokens
    ]
    ends = [
        (
            token,
            {
                "submission": f"{token[:8]}2",
                "step": "first.rest",
                "shown": "reasons,why",
                "why": "Puntuali e gentili.",
            },
        )
        for token in tokens
    ]
    behind = min(200, len(tokens))
    listed = taps[:behind]
    for at, end in enumerate(ends):
        listed += [end, *taps[behind + at : behind + at + 1]]
    return [form for each in listed for form in ([each, each] if chance.random() < twice else [each])]


def share(milliseconds: list[float], of: float) -> float:
    """The time that this share of all sendings stayed below."""
    return sorted(milliseconds)[min(len(milliseconds) - 1, int(of * len(milliseconds)))]


def main() -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100.0, help="forms a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--twice", type=float, default=0.2, help="share of forms that are sent twice")
    parser.add_argument("--most", type=float, default=50.0, help="milliseconds that p99 may take")
    parser.add_argument("--postgresql", action="store_true", help="records in a PostgreSQL server of its own")
    asked = parser.parse_args()
    with records(asked):
        return measure(asked)


@contextmanager
def records(asked: argparse.Namespace) -> Iterator[None]:
    """The database that the programs below find named in their environment."""
    if not asked.postgresql:
        yield
        return
    sys.path.insert(0, str(HERE))
    from tests.web.postgres import find_programs, running

    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed here.")
    with running(programs, durable=True) as address:
        os.environ["VIAGGIO_DATABASE"] = address
        yield


def measure(asked: argparse.Namespace) -> int:
    """Ask, serve, send, and compare; returns the exit code."""
    people = int(asked.rate * asked.seconds / (2 * (1 + asked.twice)))
    with tempfile.TemporaryDirectory() as folder:
        from viaggio.store.workspace import Settings, create

        root = create(Path(folder) / "workspace", Settings(name="Officina Blu")).root
        tokens = json.loads(run(_ASK, root, HERE / "tests" / "web", people))
        listed = forms(tokens, asked.twice)
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        server = subprocess.Popen([sys.executable, "-c", _SERVE, str(root), str(port)], env=environment())
        try:
            wait_for(port)
            before = processor_of(server.pid)
            done = send_all(Sender(port), listed, asked.rate)
            used = processor_of(server.pid) - before
        finally:
            server.terminate()
            server.wait(30)
        stored = json.loads(run(_COUNT, root))
    where = "PostgreSQL" if os.environ.get("VIAGGIO_DATABASE") else "SQLite"
    print(
        f"{where}, {os.environ.get('VIAGGIO_PROCESSES', '1')} serving; "
        f"server: {1000 * used / len(listed):.1f} ms of processor time a form; "
        f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    return report(done, stored, people, listed, asked)


def processor_of(process: int) -> float:
    """Seconds of processor time that a process and its children have used."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if process in {int(stat.parent.name), int(words[1])}:
            used += int(words[11]) + int(words[12])
    return used / os.sysconf("SC_CLK_TCK")


def wait_for(port: int) -> None:
    """Until the server answers, and a little longer: its caches warm up at the start."""
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                time.sleep(5)
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not come up")


def send_all(
    sender: Sender, listed: list[tuple[str, dict[str, str]]], rate: float
) -> list[tuple[str, float, bool]]:
    """Every form at its own moment, whether or not those before it were answered."""
    start = time.monotonic() + 1
    with ThreadPoolExecutor(CLIENTS) as pool:
        waiting = [pool.submit(sender, start + n / rate, *form) for n, form in enumerate(listed)]
        return [each.result() for each in waiting]


def report(
    done: list[tuple[str, float, bool]],
    stored: dict[str, int],
    people: int,
    listed: list[tuple[str, dict[str, str]]],
    asked: argparse.Namespace,
) -> int:
    """Print what was measured; 1 when a target was missed."""
    taken = [milliseconds for _, milliseconds, _ in done]
    kept = {json.dumps(form) for form, (_, _, fine) in zip(listed, done, strict=True) if fine}
    whole = stored == {"responses": people, "complete": people, "submissions": len(kept), "moved": people}
    p50, p95, p99 = (share(taken, of) for of in (0.50, 0.95, 0.99))
    print(f"{len(done)} forms at {asked.rate:g} a second, {sum(fine for *_, fine in done)} acknowledged")
    print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, slowest {max(taken):.1f} ms")
    late: dict[int, list[float]] = {}
    for number, milliseconds in enumerate(taken):
        if milliseconds > asked.most:
            late.setdefault(int(number / asked.rate), []).append(milliseconds)
    for second, each in late.items():
        print(f"  second {second}: {len(each)} over {asked.most:g} ms, slowest {max(each):.0f} ms")
    print(
        f"acknowledged once each: {len(kept)}, stored: {stored['submissions']}; "
        f"people complete: {stored['complete']} of {people}"
    )
    print("stored = acknowledged" if whole else f"NOT EQUAL: {stored}")
    return 0 if whole and p99 <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
