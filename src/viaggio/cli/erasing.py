"""Erasing from the command line: over the facts, and over the records of a workspace that was served."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from viaggio.store.erasure import Done, NoRecords, begin, request_of, seen
from viaggio.store.erasure import carry_out as carry_out_in
from viaggio.store.workspace import Workspace

BY = "command line"


def now() -> int:
    """UTC microseconds."""
    return time.time_ns() // 1000


def looked_up(ws: Workspace, key: int) -> tuple[list[int], dict[str, int]]:
    """Keys of a customer's identifiers, and what would go, by place. Raises `UnknownCustomer`."""
    from viaggio.store.engine import engine
    from viaggio.store.history import nodes_of

    nodes = nodes_of(engine(ws), key)
    return nodes, seen(ws, request_of(ws, nodes, at=0, by=BY, origin="command"), _records(ws))


def request(ws: Workspace, nodes: Sequence[int]) -> None:
    """Write the request down, before anything is removed."""
    begin(ws, nodes, at=now(), by=BY, origin="command")


def carried_out(ws: Workspace, on_progress: Callable[[Any], None] = lambda _: None) -> list[Done]:
    """Carry out everything that waits."""
    if not _has_records(ws):
        return carry_out_in(ws, NoRecords(), now=now, on_progress=on_progress)
    _records(ws)
    from viaggio.web.shared.erasing.run import carry_out

    return carry_out(ws, on_progress=on_progress)


def _has_records(ws: Workspace) -> bool:
    return ws.records.exists() or bool(os.environ.get("VIAGGIO_DATABASE"))


def _records(ws: Workspace) -> Any:
    if not _has_records(ws):
        return NoRecords()
    from viaggio.web.serve import prepare

    prepare(ws.root)
    from viaggio.web.shared.erasing.run import WebRecords

    return WebRecords(ws)
