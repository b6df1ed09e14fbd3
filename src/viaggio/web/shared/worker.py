"""Background work: one thread that takes queued tasks under a lease.

A worker claims a task and holds a lease on it, renewed while it lives. The task of a killed worker is taken
back when its lease runs out, at once when the worker's process on this machine is gone, and given up after
`TRIES`. A task may therefore run twice and must bear it. Start `Worker` in as many processes as you like.
"""

import logging
import os
import secrets
import socket
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, close_old_connections, transaction
from django.tasks import TaskResultStatus
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as TaskRunner
from django_tasks_db.models import DBTaskResult

from viaggio.web.shared.models.tasks import TaskLease

logger = logging.getLogger("viaggio.worker")

LEASE = timedelta(seconds=60)
RENEW_EVERY = 15.0  # seconds
LOOK_EVERY = 1.0  # seconds between two looks at the queue when nothing wakes the worker
RECLAIM_EVERY = 10.0  # seconds
TRIES = 3


class WorkerLost(Exception):
    """The worker of this task died, as often as it was tried."""


def worker_name() -> str:
    """A name for a worker of this process: machine, process, and a random part."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"


def is_gone(worker: str) -> bool:
    """Whether the process of that worker is surely not running: it was on this machine and is no more."""
    host, pid, _ = worker.rsplit(":", 2)
    if host != socket.gethostname()[:32]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def claim(worker: str, *, now: datetime) -> DBTaskResult[Any, Any] | None:
    """Take the next task that is due, with a lease; None when there is none."""
    due = DBTaskResult.objects.ready()
    if not due.exists():  # a look that takes no write lock
        return None
    with transaction.atomic():
        task = due.get_locked()
        if task is not None:
            task.claim(worker)
            TaskLease.objects.update_or_create(task=task, defaults={"worker": worker, "until": now + LEASE})
    return task


def renew(task_id: UUID, worker: str, *, now: datetime) -> bool:
    """Prolong the lease; False when it is no longer ours."""
    return bool(TaskLease.objects.filter(pk=task_id, worker=worker).update(until=now + LEASE))


@transaction.atomic
def reclaim(*, now: datetime) -> list[UUID]:
    """Put the running tasks of dead workers back into the queue, or fail them after `TRIES`."""
    running = DBTaskResult.objects.select_for_update().filter(status=TaskResultStatus.RUNNING)
    back = []
    for task in running.order_by("enqueued_at"):
        lease = TaskLease.objects.filter(pk=task.pk).first()
        if lease is not None and lease.until > now and not is_gone(lease.worker):
            continue
        TaskLease.objects.filter(pk=task.pk).delete()
        if len(task.worker_ids) >= TRIES:
            task.set_failed(WorkerLost(f"given up after {TRIES} tries"))
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])
        back.append(task.pk)
    return back


class Worker(threading.Thread):
    """Takes and runs queued tasks until `stop`."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name="viaggio-worker", daemon=True)
        self.worker = name or worker_name()
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._runner = TaskRunner(
            queue_names=["*"],
            interval=LOOK_EVERY,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.worker,
            excluded_queue_names=[],
        )

    def run(self) -> None:
        """Look for work whenever a task is queued here, and now and then for those queued elsewhere."""
        task_enqueued.connect(self._queued)
        next_reclaim = 0.0
        waited = RECLAIM_EVERY
        while not self._ended.is_set():
            close_old_connections()
            worked = False
            try:
                if waited >= next_reclaim:
                    waited, next_reclaim = 0.0, RECLAIM_EVERY
                    if lost := reclaim(now=timezone.now()):
                        logger.warning("Took back %d tasks of workers that died.", len(lost))
                worked = self.run_next()
            except DatabaseError:  # busy or away for a moment: the next look tries again
                logger.exception("The queue could not be read.")
            if not worked:
                self._wake.wait(LOOK_EVERY)
                waited += LOOK_EVERY
            self._wake.clear()
        task_enqueued.disconnect(self._queued)
        close_old_connections()

    def run_next(self) -> bool:
        """Run one task if there is one, renewing its lease meanwhile; returns whether there was."""
        task = claim(self.worker, now=timezone.now())
        if task is None:
            return False
        done = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(task.pk, done), daemon=True)
        keeper.start()
        try:
            self._runner.run_task(task)
        finally:
            done.set()
            keeper.join()
            TaskLease.objects.filter(pk=task.pk, worker=self.worker).delete()
        return True

    def stop(self, *, wait_seconds: float = 5.0) -> None:
        """Take no more tasks; a task that does not end in time is taken back by the next worker."""
        self._ended.set()
        self._wake.set()
        self.join(wait_seconds)

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def _queued(self, **_: Any) -> None:
        transaction.on_commit(self._wake.set)

    def _keep_lease(self, task_id: UUID, done: threading.Event) -> None:
        while not done.wait(RENEW_EVERY):
            try:
                renew(task_id, self.worker, now=timezone.now())
            except DatabaseError:
                logger.exception("A lease could not be renewed.")
        close_old_connections()
        from django.db import connections

        connections.close_all()
