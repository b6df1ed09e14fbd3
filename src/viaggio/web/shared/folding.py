"""The fold as background work: queued after something landed, safe to run twice."""

from django.dispatch import Signal
from django.tasks import task

folded = Signal()
"""Sent when the facts have changed, after `fold_landed`."""


@task()
def fold_landed() -> int:
    """Fold what has landed; returns the number of items folded. A killed one goes on where it was.

    The files are read in a process of their own: what they do to it, they do not do to the server.
    """
    from viaggio.store.fold import fold
    from viaggio.store.landing import reader_apart
    from viaggio.store.progress import told
    from viaggio.web.shared.workspace import workspace

    here = workspace()
    with told(here) as on_progress:
        items = len(fold(here, on_progress=on_progress, open_reader=reader_apart))
    if items:
        folded.send(sender=fold_landed)
    return items


def fold_soon() -> None:
    """Queue the fold of what has landed, unless one waits already."""
    from django.tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=fold_landed.module_path)
    if not waiting.exists():
        fold_landed.enqueue()
