"""Live events under kill -9: what was answered is in the facts, once, also where it was sent twice."""

import http.client
import json
import random
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.served import Fragile, Settings, environment, served

from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.events import seal
from viaggio.store.fold import fold, rebuild
from viaggio.store.workspace import Settings as Company
from viaggio.store.workspace import create

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SENDERS, BATCH = 6, 20
_KEY = """
import sys
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from django.utils import timezone
from viaggio.web.shared.write_keys import issue
print(issue("site", note="", by="system", now=timezone.now())[1])
"""


class Sender(threading.Thread):
    """A client that does not give up: it sends a batch, with the same ids, until it is answered with 200."""

    def __init__(self, number: int, port: int, key: str, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.ended = number, port, ended
        self.headers = {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}
        self.answered: list[str] = []
        self.taken = threading.Event()
        self.tries = 0

    def run(self) -> None:
        batch = 0
        while not self.ended.is_set():
            ids = [f"s{self.number}-{batch}-{place}" for place in range(BATCH)]
            while not self._sent(ids):
                time.sleep(0.05)
            self.answered += ids
            self.taken.set()
            batch += 1

    def _sent(self, ids: list[str]) -> bool:
        self.tries += 1
        said = [
            {"type": "page", "messageId": one, "anonymousId": f"v{self.number}", "name": "Home"}
            for one in ids
        ]
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
                line.request("POST", "/v1/batch", json.dumps({"batch": said}), self.headers)
                with line.getresponse() as answer:
                    answer.read()
        except (OSError, http.client.HTTPException):
            return False
        return answer.status == 200


def bombarded(server: Fragile, key: str, kills: int) -> list[Sender]:
    """Send while the server is killed so often, at moments that a fixed seed chooses."""
    chance, ended = random.Random(20), threading.Event()
    senders = [Sender(number, server.port, key, ended) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(kills):
        time.sleep(chance.uniform(1.0, 7.0))
        server.kill()
        server.start()
    for sender in senders:  # the last server answers everybody before it ends
        sender.taken.clear()
    assert all(sender.taken.wait(60) for sender in senders)
    ended.set()
    for sender in senders:
        sender.join(60)
    return senders


def test_what_was_answered_is_in_the_facts_once_however_often_the_server_is_killed(
    tmp_path: Path, records: Settings, whole: bool
):
    ws = create(tmp_path / "shop", Company(name="Shop", buckets=4))
    made = subprocess.run(
        [sys.executable, "-c", _KEY, str(ws.root)], env=environment(records), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    with served(ws.root, records) as server:
        senders = bombarded(server, made.stdout.strip(), 12 if whole else 6)
        server.kill()
    answered = [one for sender in senders for one in sender.answered]
    assert not any(sender.is_alive() for sender in senders)
    assert len(answered) > 1_000
    assert sum(sender.tries for sender in senders) > len(answered) / BATCH  # some had to try again
    seal(ws, now=time.time_ns() // 1000)
    fold(ws)
    at = engine(ws)
    ids = Counter(row["id"] for row in at.run(at.tables().interactions.select("id")).to_pylist())
    assert set(ids.values()) == {1}
    assert set(answered) == set(ids)  # every batch was sent until it was answered
    assert doctor(ws) == []
    before = (ws.facts / "manifest.json").read_bytes()
    rebuild(ws)
    assert (ws.facts / "manifest.json").read_bytes() == before
