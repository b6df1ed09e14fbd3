"""Background tasks for the tests of the worker."""

import time
from pathlib import Path

from django.tasks import task


@task
def note(path: str, words: str) -> int:
    """Append the words to a file."""
    with Path(path).open("a") as file:
        file.write(words + "\n")
    return len(words)


@task
def fail() -> None:
    """Fail."""
    raise ValueError("as asked")


@task
def hang_once(path: str) -> None:
    """Stand still the first time, end the second time."""
    note.call(path, "started")
    if Path(path).read_text().count("started") == 1:
        time.sleep(600)
    note.call(path, "ended")
