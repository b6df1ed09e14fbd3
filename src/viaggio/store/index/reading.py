"""Facts as events: what the journey index holds of each interaction, read from the parts piece by piece."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.journey.index import Array, Whole
from viaggio.store.ahead import ahead
from viaggio.store.facts import Manifest, Part
from viaggio.store.hashing import text_words
from viaggio.store.index.columnar import one_value
from viaggio.store.index.dictionaries import CODED, Dictionaries
from viaggio.store.index.merge import Columns, taken

TABLE = "interactions"
_NUMBERS = ("key", "customer", "account", "started_at", "ended_at", "value_cents", "cost_cents")
_READ = [*_NUMBERS, "episode", *CODED]


def event_rows(
    facts: Path, manifest: Manifest, parts: tuple[Part, ...], dictionaries: Dictionaries
) -> Iterator[Columns]:
    """The events of these parts that hold, in the columns of the index; `dictionaries` grow with them.

    Whoever has no identifier has no journey.
    """
    if not parts:
        return
    people = _People(facts, manifest.identity.path)
    gone = _Gone(facts, manifest, parts)
    for part, table in ahead(_groups(facts, parts)):
        columns = _events(table, people, dictionaries)
        holds = _there(table["customer"]) & gone.spares(part, columns["key"])
        yield columns if holds.all() else taken(columns, holds)


def _groups(facts: Path, parts: tuple[Part, ...]) -> Iterator[tuple[Part, pa.Table]]:
    for part in parts:
        with pq.ParquetFile(facts / part.path, read_dictionary=list(CODED)) as file:
            for group in range(file.num_row_groups):
                yield (
                    part,
                    file.read_row_group(group, columns=[*_NUMBERS, "episode", *CODED], use_threads=False),
                )


def _events(table: pa.Table, people: "_People", dictionaries: Dictionaries) -> Columns:
    coded = {name: dictionaries.encoded(table[name], name) for name in CODED}
    node, time = _numbers(table["customer"]), _numbers(table["started_at"])
    return {
        **coded,
        "customer": people.customer_of(node),
        "time": time,
        "episode": _episodes(table["episode"]),
        "value": _numbers(table["value_cents"]),
        "cost": _numbers(table["cost_cents"]),
        "ended": _numbers(table["ended_at"], instead=time),
        "key": _numbers(table["key"]),
        "node": node,
        "account": people.customer_of(_numbers(table["account"])),
    }


def _numbers(column: Any, instead: Array | None = None) -> Array:
    """Whole numbers, times as UTC microseconds; where there is none, 0 or what `instead` has there."""
    if column.null_count == len(column):
        return one_value(0, "<i8", len(column)) if instead is None else instead
    found = pc.fill_null(column.cast(pa.int64()), 0).combine_chunks()
    numbers = np.asarray(found.to_numpy())
    if instead is None or not column.null_count:
        return numbers
    return np.where(_there(column), numbers, instead)


def _there(column: Any) -> Array:
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    return np.asarray(pc.is_valid(column).to_numpy())


def _episodes(column: Any) -> Array:
    if column.null_count == len(column):
        return one_value(0, "<i8", len(column))
    words = text_words(column).view(np.int64)
    words = np.where(words == 0, 1, words)
    return words if not column.null_count else np.where(_there(column), words, 0)


class _People:
    """Whose identifiers are another's customer."""

    def __init__(self, facts: Path, identity: str | None) -> None:
        if identity is None:
            self._node = self._customer = np.empty(0, np.int64)
        else:
            table = pq.read_table(facts / identity).sort_by("node")
            self._node, self._customer = table["node"].to_numpy(), table["customer"].to_numpy()

    def customer_of(self, nodes: Whole) -> Whole:
        """The customer behind each identifier: itself where it is nobody else's."""
        if not len(self._node) or not nodes.any():
            return nodes
        place = np.minimum(np.searchsorted(self._node, nodes), len(self._node) - 1)
        return np.where(self._node[place] == nodes, self._customer[place], nodes)


class _Gone:
    """Rows of parts that a later part replaced."""

    def __init__(self, facts: Path, manifest: Manifest, parts: tuple[Part, ...]) -> None:
        first = min(part.item for part in parts)
        voided = [void for void in manifest.voided_of(TABLE) if void.item > first]
        tables = [pq.read_table(facts / void.path, columns=["part", "key"]) for void in voided]
        self._part, self._key = (
            np.concatenate([np.empty(0, np.int64), *(table[name].to_numpy() for table in tables)])
            for name in ("part", "key")
        )

    def spares(self, part: Part, keys: Whole) -> Array:
        """Which of the keys still hold in that part."""
        mine = self._key[self._part == part.item]
        return ~np.isin(keys, mine) if len(mine) else np.ones(len(keys), np.bool_)
