"""Background work: done once, taken back from the dead, given up at last, gone with its transaction."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import errands
import pytest
from django.db import transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from viaggio.store.workspace import Settings, create
from viaggio.web.shared.models import TaskLease
from viaggio.web.shared.worker import LEASE, TRIES, Worker, claim, reclaim, renew, worker_name

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ELSEWHERE = "another-machine:1:abcd"
WEB = Path(__file__).parents[1]


def test_a_worker_does_the_queued_work_once(db, tmp_path):
    queued = errands.note.enqueue(str(tmp_path / "notes"), "hello")
    worker = Worker()
    assert worker.run_next() is True
    assert worker.run_next() is False
    assert (tmp_path / "notes").read_text() == "hello\n"
    result = errands.note.get_result(queued.id)
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 5)
    assert TaskLease.objects.count() == 0


def test_a_failing_task_is_kept_with_its_reason(db):
    queued = errands.fail.enqueue()
    Worker().run_next()
    task = DBTaskResult.objects.get(pk=queued.id)
    assert task.status == TaskResultStatus.FAILED
    assert "as asked" in task.traceback


def test_a_transaction_that_is_rolled_back_leaves_no_task(db, tmp_path):
    def fails_later() -> None:
        with transaction.atomic():
            errands.note.enqueue(str(tmp_path / "notes"), "hello")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_later()
    assert Worker().run_next() is False


def test_a_task_under_a_living_lease_is_left_alone(db):
    errands.fail.enqueue()
    task = claim(ELSEWHERE, now=NOW)
    assert task is not None
    assert claim("me", now=NOW) is None
    assert renew(task.pk, ELSEWHERE, now=NOW + LEASE / 2)
    assert not renew(task.pk, "me", now=NOW)
    assert reclaim(now=NOW + LEASE) == []


def test_a_task_comes_back_when_its_lease_runs_out_and_is_given_up_at_last(db):
    errands.fail.enqueue()
    for attempt in range(1, TRIES + 1):
        task = claim(ELSEWHERE, now=NOW)
        assert task is not None
        assert len(task.worker_ids) == attempt
        assert reclaim(now=NOW + LEASE + timedelta(seconds=1)) == [task.pk]
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "WorkerLost" in task.exception_class_path


def test_a_task_comes_back_at_once_when_its_process_is_gone(db):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    errands.fail.enqueue()
    claim(f"{socket.gethostname()[:32]}:{ended.pid}:abcd", now=NOW)
    assert len(reclaim(now=NOW)) == 1
    claim(worker_name(), now=NOW)
    assert reclaim(now=NOW) == []


START = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
import errands
from django_tasks_db.models import DBTaskResult
from viaggio.web.shared.worker import Worker
if sys.argv[4] == "first":
    errands.hang_once.enqueue(sys.argv[3])
worker = Worker()
worker.start()
while not DBTaskResult.objects.finished().exists():
    time.sleep(0.05)
worker.stop()
task = DBTaskResult.objects.get()
print(task.status, len(task.worker_ids))
"""


def test_the_task_of_a_killed_worker_is_done_by_the_next_one(tmp_path):
    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    notes = tmp_path / "notes"
    command = [sys.executable, "-c", START, str(root), str(WEB), str(notes)]
    first = subprocess.Popen([*command, "first"])
    while not notes.exists() or "started" not in notes.read_text():
        assert first.poll() is None
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = subprocess.run([*command, "second"], capture_output=True, text=True, timeout=60, check=True)
    assert second.stdout.split() == ["SUCCESSFUL", "2"]
    assert notes.read_text().split() == ["started", "started", "ended"]
