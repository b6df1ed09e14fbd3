"""The background process beside a server: one works, comes back when killed, and ends with whoever serves."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.served import environment, served

from viaggio.store.workspace import Settings, create

pytestmark = pytest.mark.timeout(180)

ENQUEUE = """
import sys
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from viaggio.web.shared.folding import fold_landed
fold_landed.enqueue()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return create(tmp_path / "workspace", Settings(name="Officina Blu")).root


def working(root: Path) -> set[int]:
    """The background processes of a workspace."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_bytes()
            named = f"VIAGGIO_WORKSPACE={root}\0".encode() in process.joinpath("environ").read_bytes()
        except OSError:
            continue
        if named and b"viaggio.web.background" in command:
            found.add(int(process.name))
    return found


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held


def the_one_after(root: Path, before: int | None) -> int:
    """The one background process, once that is another than before; each look sees one moment."""
    found: list[int] = []

    def another() -> bool:
        found[:] = working(root)
        return len(found) == 1 and before not in found

    assert until(another)
    return found[0]


def statuses(root: Path) -> list[str]:
    with closing(sqlite3.connect(root / "records.sqlite3")) as records:
        return [
            status for (status,) in records.execute("select status from django_tasks_database_dbtaskresult")
        ]


def test_one_process_works_for_all_that_serve_and_comes_back_when_it_or_its_keeper_is_killed(root: Path):
    with served(root, {"VIAGGIO_PROCESSES": "2"}) as server:
        first = the_one_after(root, None)
        os.kill(first, signal.SIGKILL)
        second = the_one_after(root, first)
        os.kill(parent(second), signal.SIGKILL)  # the process that serves and keeps it
        the_one_after(root, second)
        server.stop()
        assert until(lambda: not working(root), seconds=20)


def test_a_task_is_done_there(root: Path):
    with served(root, {}):
        subprocess.run([sys.executable, "-c", ENQUEUE, str(root)], check=True, env=environment({}))
        assert until(lambda: statuses(root) == ["SUCCESSFUL"])
