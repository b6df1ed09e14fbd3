"""A tick killed at any moment is completed by the next one: nothing is lost, nothing is doubled."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from tests.web.pulse.fielding.company import DAY, NOON, answered, running

from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.landing import items
from viaggio.store.workspace import open_workspace
from viaggio.web.pulse.models import Invitation
from viaggio.web.pulse.services.schedule import tick

SCRIPT = Path(__file__).with_name("killed.py")
REPOSITORY = Path(__file__).parents[4]


class Programs:
    def __init__(self) -> None:
        paths = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])
        environment = {**os.environ, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "viaggio.web.settings"}
        self._server = subprocess.Popen(
            [sys.executable, str(SCRIPT)], env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def tick(self, root: Path, fatal: int, now: datetime) -> tuple[int, int]:
        """How a tick ended, and how often it looked at the disk (0 where it was killed)."""
        self._server.stdin.write(f"{root}\t{fatal}\t{now.isoformat()}\n")
        self._server.stdin.flush()
        word, number, looks = "", 0, 0
        while word != "ended":
            word, value = self._server.stdout.readline().split()
            number = int(value)
            looks = number if word == "looks" else looks
        return number, looks

    def close(self) -> None:
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()


@pytest.fixture
def programs() -> Iterator[Programs]:
    made = Programs()
    yield made
    made.close()


def kept(root: Path) -> None:
    """The records of this test as a file in the workspace, as a server has them."""
    with closing(sqlite3.connect(root / "records.sqlite3")) as file:
        connection.ensure_connection()
        file.executescript("\n".join(connection.connection.iterdump()))  # what is not committed yet, too


def found(root: Path) -> tuple:
    """What facts and records say: answers, ledger, invitations, messages."""
    ws = open_workspace(root)
    fold(ws)
    assert doctor(ws) == []
    facts = engine(ws)
    tables = facts.tables()
    answers = facts.run(tables.answers.select("id", "value").order_by("id")).to_pylist()
    covered = facts.run(tables.coverage.select("id", "outcome", "invitation").order_by("id")).to_pylist()
    with closing(sqlite3.connect(root / "records.sqlite3")) as file:
        asked = file.execute("select id, about, outcome, settled >= change from pulse_invitation order by id")
        queued = file.execute("select key from shared_outgoing order by key").fetchall()
        return answers, covered, asked.fetchall(), queued


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="it copies the file of the records")
@pytest.mark.django_db
@pytest.mark.parametrize("what", ["a draw", "a batch"])
def test_a_tick_killed_at_any_moment_is_completed_by_the_next(shop, manager, programs, tmp_path, what: str):
    running(manager)
    now = NOON
    if what == "a batch":
        tick(NOON)
        fold(shop)
        now = NOON + DAY
        for n in range(1, 7):
            one = Invitation.objects.select_related("pulse", "wave").get(about=f"shop:O{n}")
            answered(one, {"recommend": n, "why": "Bene"}, at=NOON)
    kept(shop.root)
    whole = tmp_path / "whole"
    shutil.copytree(shop.root, whole)
    status, looks = programs.tick(whole, 0, now)
    assert status == 0
    expected = found(whole)
    assert len(expected[1]) == 12
    assert len(expected[0]) == (6 if what == "a batch" else 0)
    for moment in sorted(random.Random(11).sample(range(1, looks), 4)):
        root = tmp_path / str(moment)
        shutil.copytree(shop.root, root)
        assert programs.tick(root, moment, now)[0] == -signal.SIGKILL, moment
        assert programs.tick(root, 0, now)[0] == 0
        assert found(root) == expected, moment
        assert len({item.digest for item in items(open_workspace(root))}) == len(items(open_workspace(root)))
