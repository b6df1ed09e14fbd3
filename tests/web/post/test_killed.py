"""The post under `kill -9`: nothing is lost, and what is repeated carries the same id."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from receivers import Mailbox, Receiver, http_receiver, smtp_server

from viaggio.store.workspace import Settings, create

MAILS, CALLS, KILLS = 160, 80, 20

PREPARE = """
import os, sys
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from django.utils import timezone
from viaggio.web.shared.models import WebhookEndpoint
from viaggio.web.shared.post.queue import post
from viaggio.web.shared.webhooks import new_secret, tell
now = timezone.now()
for number in range(int(sys.argv[3])):
    words = {"subject": "Ciao", "text": "Buongiorno."}
    post("mail", f"test:{number}", to=f"customer{number}@example.com", payload=words, due_at=now, now=now)
WebhookEndpoint.objects.create(url=sys.argv[2], secret=new_secret(), events=["alert.raised"], created_at=now)
for number in range(int(sys.argv[4])):
    assert tell("alert.raised", f"event_{number}", {"number": number}, now) == 1
"""

WORK = """
import os, sys, time
from pathlib import Path
os.environ["VIAGGIO_WORKSPACE"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "viaggio.web.settings"
import django
django.setup()
from viaggio.web.shared.models import Outgoing
from viaggio.web.shared.post.worker import Post
post = Post()
post.start()
while Outgoing.objects.exclude(state="sent").exists():
    time.sleep(0.1)
post.stop()
"""


class Killer:
    """Kills the worker at the worst moment: a mail was taken or a call was made, and it has not heard so."""

    def __init__(self) -> None:
        self.worker: subprocess.Popen[bytes] | None = None
        self.after = 0
        self.lock = threading.Lock()

    def delivery(self) -> None:
        with self.lock:
            self.after -= 1
            if self.after == 0 and self.worker is not None:
                os.kill(self.worker.pid, signal.SIGKILL)
                self.worker.wait()


STATES = """
import collections, json, os, sys
os.environ["VIAGGIO_WORKSPACE"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "viaggio.web.settings"
import django
django.setup()
from viaggio.web.shared.models import Outgoing
print(json.dumps(collections.Counter(Outgoing.objects.values_list("state", flat=True))))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request) -> dict[str, str]:
    """Where the records are: the environment that says so. On PostgreSQL in a database of its own."""
    if request.param == "sqlite":
        return {}
    import psycopg

    server = request.getfixturevalue("postgres_server")
    name = f"killed_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return {"VIAGGIO_DATABASE": f"{server.rpartition('/')[0]}/{name}"}


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_a_worker_killed_twenty_times_loses_nothing_and_repeats_only_under_the_same_id(tmp_path, records):
    def start(root: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", WORK, str(root)], env=environment() | records)

    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    killer = Killer()
    box = Mailbox(before_answer=killer.delivery)
    with smtp_server(box), http_receiver() as receiver:
        calls = counted(receiver, killer)
        (root / "connections.toml").write_text(
            f'[mail]\nserver = "smtp://127.0.0.1:{box.port}?tls=none"\nfrom = "ciao@officina.example"\n'
            "rate = 10000\n[webhooks]\ninside = true\nrate = 10000\n"
        )
        prepared = [sys.executable, "-c", PREPARE, str(root), receiver.url, str(MAILS), str(CALLS)]
        subprocess.run(prepared, check=True, timeout=120, env=environment() | records)
        killed = 0
        for kill in range(KILLS):
            with killer.lock:
                killer.after = 1 + kill * 7 % 12
                killer.worker = start(root)
            killer.worker.wait(60)
            killed += killer.worker.returncode == -signal.SIGKILL
        killer.worker = None
        last = [start(root), start(root)]  # two at once end the work
        assert [process.wait(120) for process in last] == [0, 0]

    told = [sys.executable, "-c", STATES, str(root)]
    states = subprocess.run(told, check=True, capture_output=True, env=environment() | records, timeout=60)
    assert json.loads(states.stdout) == {"sent": MAILS + CALLS}
    assert killed == KILLS
    mails = Counter(message_from_bytes(raw, policy=policy.default)["Message-ID"] for _, _, raw in box.mails)
    assert len(mails) == MAILS
    assert len({to for _, to, _ in box.mails}) == MAILS
    events = Counter(calls)
    assert set(events) == {f"event_{number}" for number in range(CALLS)}
    repeats = sum(mails.values()) - MAILS + sum(events.values()) - CALLS
    assert repeats <= 2 * KILLS  # one mail and one call were on their way at each kill


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIAGGIO_", "DJANGO_"))}
    return kept | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}


def counted(receiver: Receiver, killer: Killer) -> list[str]:
    """The ids of all calls as they come in; each may be the one at which the worker is killed."""
    ids: list[str] = []

    class Calls(list):  # type: ignore[type-arg]  # what the receiver appends to
        def append(self, call) -> None:
            _, headers, body = call
            assert json.loads(body)["type"] == "alert.raised"
            ids.append(headers["webhook-id"])
            killer.delivery()

    receiver.calls = Calls()
    return ids
