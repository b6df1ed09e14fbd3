"""The fold as background work: queued after something landed, safe to run twice."""

from django.tasks import task


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
        return len(fold(here, on_progress=on_progress, open_reader=reader_apart))
