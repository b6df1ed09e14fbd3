# ruff: noqa: T201 -- a program that prints what it found
"""Answers while the server is killed: none that was acknowledged is lost, none is doubled.

`python tests/faults/killed_answers.py [--people 1667] [--kills 20]` serves a workspace, sends three
submissions for each person, every one 1 to 4 times and all in random order, kills the server's whole process
group with SIGKILL now and then and starts it again, sends again whatever was not acknowledged, and compares
what is stored with what was acknowledged. Exits 1 when they differ. With `VIAGGIO_DATABASE`, on PostgreSQL.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue

HERE = Path(__file__).resolve().parents[1]
CLIENTS = 12
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
from viaggio.web.shared.models.outgoing import WebhookEndpoint
now = timezone.now()
with transaction.atomic():
    WebhookEndpoint.objects.create(
        url="http://127.0.0.1:9/", secret="whsec_AAAA", events=["response.completed"], created_at=now
    )
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
from viaggio.web.pulse.models import Response, Submission
from viaggio.web.pulse.services import links
from viaggio.web.shared.models.outgoing import Outgoing
print(json.dumps({
    "answers": {links.token_of(r.invitation_id): [r.state, r.answers] for r in Response.objects.all()},
    "submissions": Submission.objects.count(),
    "told": Outgoing.objects.filter(kind="webhook").count(),
}))
"""


def environment() -> dict[str, str]:
    """This program's, with our sources first on the path."""
    path = os.pathsep.join(filter(None, [str(HERE.parent / "src"), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def run(program: str, *arguments: object) -> str:
    """What a program of ours prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment())
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout


class Fragile:
    """A server that is killed and started again on the same port."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-c", _SERVE, str(self._root), str(self.port)]
        with (self._root / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment(), start_new_session=True, stdout=log, stderr=log
            )
        for _ in range(600):
            with contextlib.suppress(OSError):
                if call(self.port, "GET", "/health", None)[0] == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server did not come up")

    def kill(self) -> None:
        """As the machine would at its worst: no goodbye, the workers too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def call(port: int, method: str, path: str, body: object) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wanted(token: str, number: int) -> list[dict[str, object]]:
    """What one person sends: a tap, a choice, the end."""
    said: list[dict[str, object]] = [
        {"recommend": number % 11},
        {"reasons": ["time"]},
        {"why": f"no. {number}"},
    ]
    return [
        {"token": token, "submission": f"s{at}", "page": at, "answers": each, "finished": at == 2}
        for at, each in enumerate(said)
    ]


def deliver(port: int, waiting: "Queue[tuple[dict[str, object], int]]", end: float) -> None:
    """Send what waits until each was acknowledged so often; a refused end waits for the page before it."""
    while not waiting.empty() and time.monotonic() < end:
        with contextlib.suppress(Empty):
            form, times = waiting.get_nowait()
            times -= acknowledged(port, form)
            if times:
                waiting.put((form, times))


def acknowledged(port: int, form: dict[str, object]) -> bool:
    """Send once; False when it must be sent again."""
    body = {name: value for name, value in form.items() if name != "token"}
    try:
        status, said = call(port, "POST", f"/a/{form['token']}/answers", body)
    except (OSError, http.client.HTTPException):
        time.sleep(0.2)
        return False
    if status not in {200, 422, 429, 503}:
        raise RuntimeError(f"{status}: {said[:300]!r}")
    return status == 200


def attack(people: int, kills: int, *, seed: int = 1, most_seconds: float = 900) -> list[str]:
    """Run it; returns what is wrong, empty when nothing is."""
    from viaggio.store.workspace import Settings, create

    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = create(Path(folder) / "workspace", Settings(name="Officina Blu")).root
        tokens = json.loads(run(_ASK, root, HERE / "web", people))
        forms = [form for number, token in enumerate(tokens) for form in wanted(token, number)]
        chance.shuffle(forms)
        waiting: Queue[tuple[dict[str, object], int]] = Queue()
        for form in forms:
            waiting.put((form, chance.randint(1, 4)))
        server = Fragile(root)
        end = time.monotonic() + most_seconds
        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                running = [pool.submit(deliver, server.port, waiting, end) for _ in range(CLIENTS)]
                for nth in range(kills):
                    left = len(forms) * (kills - nth) // (kills + 1)
                    while waiting.qsize() > left and time.monotonic() < end:
                        time.sleep(0.05)
                    server.kill()
                    server.start()
                for each in running:
                    each.result()
        finally:
            server.kill()
        if not waiting.empty():
            return [f"{waiting.qsize()} were not acknowledged in time"]
        return differences(json.loads(run(_COUNT, root)), tokens, len(forms))


def differences(stored: dict[str, object], tokens: list[str], submissions: int) -> list[str]:
    """Where what is stored is not what was acknowledged."""
    right = {
        token: ["complete", {"recommend": number % 11, "reasons": ["time"], "why": f"no. {number}"}]
        for number, token in enumerate(tokens)
    }
    answers = stored["answers"]
    assert isinstance(answers, dict)
    wrong = [f"{token}: {answers.get(token)}" for token in tokens if answers.get(token) != right[token]]
    if len(answers) != len(tokens):
        wrong.append(f"{len(answers)} responses of {len(tokens)} people")
    if stored["submissions"] != submissions:
        wrong.append(f"{stored['submissions']} submissions stored, {submissions} acknowledged")
    if stored["told"] != len(tokens):
        wrong.append(f"{stored['told']} events told of {len(tokens)}")
    return wrong


def main() -> int:
    """Run it and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1667)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    start = time.monotonic()
    wrong = attack(asked.people, asked.kills)
    for line in wrong[:20]:
        print(line)
    print(
        f"{3 * asked.people} submissions, each 1 to 4 times, {asked.kills} kills, "
        f"{time.monotonic() - start:.0f} s: {len(wrong)} differences"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
