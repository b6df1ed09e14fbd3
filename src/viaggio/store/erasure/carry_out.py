"""Carrying requests out, one step after the other; killed anywhere, the next who tries goes on.

The lock of fielding is held throughout: nobody draws, reminds or settles meanwhile. Records go before what
has landed, so that nothing of the person can land again; what is found afterwards is told in the ledger.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from viaggio.store.durable import locked
from viaggio.store.erasure.again import again, apply_again, nodes_again
from viaggio.store.erasure.files import Swept, sweep_files
from viaggio.store.erasure.ledger import LEDGER, Entry, digest_of, entries, key_of, merged, write_entry
from viaggio.store.erasure.looking import look, total
from viaggio.store.erasure.request import Request, begin, begun, end, note
from viaggio.store.fold import Erased, erase, fold
from viaggio.store.fold.item import OnProgress
from viaggio.store.fold.run import OpenReader
from viaggio.store.landing import reader
from viaggio.store.workspace import Workspace

TRIES = 2
"""How often everything is gone through while something of the person is still found."""


class Records(Protocol):
    """Whoever keeps records of people beside the facts, as far as an erasure needs them."""

    def settle(self) -> None:
        """Land what is decided and has not landed."""

    def look(self, request: Request) -> Mapping[str, int]:
        """Rows that name the person, by place."""

    def erase(self, request: Request) -> None:
        """Take the person out; the same again does nothing."""

    def told(self, entry: Entry) -> None:
        """Write down, once, that it was done; leave no remains in the files of the records."""


@dataclass(frozen=True, slots=True)
class NoRecords:
    """A workspace that was never served has facts and nothing else."""

    def settle(self) -> None:
        """There is nothing to land."""

    def look(self, request: Request) -> Mapping[str, int]:
        """There are no rows."""
        del request
        return {}

    def erase(self, request: Request) -> None:
        """There is nobody."""

    def told(self, entry: Entry) -> None:
        """There is no audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A request carried out: its entry in the ledger, what became of the landing, and files left to people.

    `erased` is None where an earlier try had finished that part.
    """

    entry: Entry
    erased: Erased | None
    files: Swept


def _quiet(_: object) -> None:
    """Tell nobody."""


def seen(ws: Workspace, request: Request, records: Records) -> dict[str, int]:
    """What lies of the person anywhere, by place."""
    return {**look(ws, request.nodes, request.traces), **records.look(request)}


def carry_out(
    ws: Workspace, records: Records, *, now: Callable[[], int], on_progress: OnProgress = _quiet,
    open_reader: OpenReader = reader,
) -> list[Done]:  # fmt: skip
    """Carry out every request that waits, and what a restored workspace has to apply again.

    `now` gives UTC microseconds. An erasure takes about as long as two rebuilds.
    """
    ws.fielding.mkdir(exist_ok=True)
    with locked(ws.fielding):
        waiting = again(ws)
        if waiting:
            fold(ws, on_progress=on_progress, open_reader=open_reader)
            merged(ws, waiting)
            if nodes := nodes_again(ws, waiting):
                ids = tuple(entry.id for entry in waiting)
                begin(ws, nodes, at=now(), by="restore", origin="restore", again=ids)
        done = [
            _one(ws, request, records, now=now, on_progress=on_progress, open_reader=open_reader)
            for request in begun(ws)
        ]
        if waiting:
            apply_again(ws, waiting)
        return done


def _one(
    ws: Workspace, request: Request, records: Records, *, now: Callable[[], int], on_progress: OnProgress,
    open_reader: OpenReader,
) -> Done:  # fmt: skip
    erased, files = None, Swept(named=(), unread=())
    known = {entry.id: entry for entry in entries(ws.root / LEDGER)}
    entry = known.get(request.id)
    if entry is None:
        records.settle()
        fold(ws, on_progress=on_progress, open_reader=open_reader)
        if request.found is None:
            request = replace(request, found=seen(ws, request, records))
            note(ws, request)
        left: Mapping[str, int] = {}
        for _try in range(TRIES):
            records.erase(request)
            erased = erase(ws, request.nodes, on_progress=on_progress, open_reader=open_reader)
            files = sweep_files(ws, request.traces)
            left = seen(ws, request, records)
            if not total(left):
                break
        entry = write_entry(ws, _entry(ws, request, left, erased, now()))
    records.told(entry)
    end(ws, request)
    return Done(entry=entry, erased=erased, files=files)


def _entry(
    ws: Workspace, request: Request, left: Mapping[str, int], erased: Erased | None, now: int
) -> Entry:
    found = request.found or {}
    removed = {place: n - left.get(place, 0) for place, n in found.items() if n > left.get(place, 0)}
    stay = dict(left)
    if erased is not None and erased.unread:
        stay["landing.unread"] = len(erased.unread)
    key = key_of(ws)
    return Entry(
        id=request.id,
        at=request.at,
        ended=now,
        by=request.by,
        origin=request.origin,
        digests=tuple(sorted(digest_of(key, node) for node in request.nodes)),
        removed=removed,
        left=stay,
        again=request.again,
    )
