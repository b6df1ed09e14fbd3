"""Programs for the kill test: each lands a file and folds, and dies at the n-th look at the disk.

Reads orders `ROOT<tab>FILE<tab>N<tab>NODES` from standard input, one a line; with nodes it erases them,
without a file it rebuilds instead. For each it forks a program and says `pid P`; the program that lives says
`looks N`; at its end comes `ended STATUS` (negative: killed by that signal). Every opening, renaming, making
and removing of a file in ROOT counts (Python's audit events), and every sync. With N of 0 nothing happens by
itself.
"""

import os
import signal
import sys
from pathlib import Path

import duckdb
from tests.store.tiny import NOON, open_tiny

from viaggio.store.fold import erase, fold, rebuild
from viaggio.store.landing import land
from viaggio.store.workspace import Workspace, open_workspace

WATCHED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree"}


def work(root: Path, file: Path | None, fatal: int, nodes: list[int]) -> None:
    count = 0

    def look(event: str, args: tuple[object, ...]) -> None:
        if event in WATCHED and str(root) in str(args[0] if args else ""):
            step()

    def step() -> None:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def synced(handle: int) -> None:
        step()
        fsync(handle)
        step()

    fsync, os.fsync = os.fsync, synced
    sys.addaudithook(look)
    ws = open_workspace(root)
    if nodes:
        erase(ws, nodes, open_reader=open_tiny)
    elif file is None:
        rebuild(ws, open_reader=open_tiny)
    else:
        land_file(ws, file)
        fold(ws, open_reader=open_tiny)
    say("looks", count)


def say(word: str, number: int) -> None:
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


def land_file(ws: Workspace, file: Path) -> None:
    land(
        ws, kind="recipe", recipe="tiny", source="shop", label=file.name, files={file.name: file},
        landed_at=NOON, by="ada",
    )  # fmt: skip


def main() -> None:
    assert duckdb.__version__  # loaded before the fork, as is all that is imported above; no thread has begun
    for order in sys.stdin:
        root, file, fatal, nodes = order.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            listed = [int(node) for node in nodes.split(",") if node]
            work(Path(root), Path(file) if file else None, int(fatal), listed)
            os._exit(0)
        say("pid", child)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        say("ended", status)


if __name__ == "__main__":
    main()
