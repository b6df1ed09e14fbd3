"""What lies of a person in the facts and files of a workspace: rows by place, read off the stored columns."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.store.contracts import FACTS
from viaggio.store.erasure.files import files_of
from viaggio.store.facts import read_manifest
from viaggio.store.fold.erase import Erasure, erasure_of
from viaggio.store.traces import Traces
from viaggio.store.workspace import Workspace

FACT, FILE = "facts", "files"
"""Places are named `facts.<table>`, `files.<folder>`, and `records.<table>` by those who keep them."""


def look(ws: Workspace, nodes: Iterable[int], traces: Traces) -> dict[str, int]:
    """Rows of the person by place `facts.<table>`, replaced versions included; and files by folder.

    `traces`: what to look for in files, which the facts no longer know once the person is gone.

    Rows that only know an order of the person count as the person's, as do those another row was won by.
    """
    erasure = erasure_of(ws.facts, read_manifest(ws.facts), nodes)
    counts = {f"{FACT}.{table}": n for table in FACTS if (n := _rows(ws, table, erasure))}
    for path in files_of(ws, traces).named:
        place = f"{FILE}.{path.relative_to(ws.root).parts[0]}"
        counts[place] = counts.get(place, 0) + 1
    return counts


def total(counts: Mapping[str, int]) -> int:
    """Rows and files of all places."""
    return sum(counts.values())


def _rows(ws: Workspace, table: str, erasure: Erasure) -> int:
    if not FACTS[table].customer:
        return 0
    keys = np.array(sorted(erasure.nodes), np.int64)
    found = 0
    for part in read_manifest(ws.facts).parts_of(table):
        path = ws.facts / part.path
        there = set(pq.read_schema(path).names)
        wanted = [name for name in ("source", "customer", "account", "order_id", "node") if name in there]
        rows = pq.read_table(path, columns=wanted)
        named = np.zeros(len(rows), bool)
        for column in {"customer", "account", "node"} & there:
            named |= np.isin(rows[column].fill_null(0).to_numpy(), keys)
        if "order_id" in there:
            named |= _of_orders(rows, erasure)
        found += int(named.sum())
    return found


def _of_orders(rows: pa.Table, erasure: Erasure) -> npt.NDArray[np.bool_]:
    """Rows without a customer that belong to an order of the person."""
    known = pa.array([f"{source}\x1f{id_}" for source, id_ in sorted(erasure.orders)], pa.string())
    pairs = pc.binary_join_element_wise(rows["source"].cast(pa.string()), rows["order_id"], "\x1f")
    said: npt.NDArray[np.bool_] = pc.is_in(pairs, value_set=known).to_numpy()
    alone: npt.NDArray[np.bool_] = rows["customer"].fill_null(0).to_numpy() == 0
    return said & alone
