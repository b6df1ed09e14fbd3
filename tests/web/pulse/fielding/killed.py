"""Programs for the kill test: each ticks once, and dies at the n-th look at the disk.

Reads orders `ROOT<tab>N` from standard input; for each it forks a program that ticks on that workspace and
its records. Every opening, renaming, making and removing of a file in ROOT, every sync and every statement
sent to the records counts. With N of 0 nothing happens by itself. Says `looks N` and `ended STATUS`.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import django

WATCHED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}


def work(root: Path, fatal: int, now: datetime) -> None:
    from django.conf import settings
    from django.db import connection, connections

    from viaggio.web.pulse.services.schedule import tick

    settings.WORKSPACE_ROOT = root
    connections.databases["default"]["NAME"] = str(root / "records.sqlite3")
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def look(event: str, args: tuple[object, ...]) -> None:
        if event in WATCHED and str(root) in str(args[0] if args else ""):
            step()

    def statement(execute, query, params, many, context):
        step()
        return execute(query, params, many, context)

    sys.addaudithook(look)
    with connection.execute_wrapper(statement):
        tick(now)
    say("looks", count)


def say(word: str, number: int) -> None:
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


def main() -> None:
    import duckdb
    import pyarrow.parquet

    from viaggio.store import fold, frames, landing
    from viaggio.web.pulse.services import schedule

    assert duckdb, (pyarrow.parquet, fold, frames, landing, schedule)  # loaded before the fork
    for order in sys.stdin:
        root, fatal, now = order.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            work(Path(root), int(fatal), datetime.fromisoformat(now))
            os._exit(0)
        say("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    django.setup()
    main()
