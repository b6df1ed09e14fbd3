"""One item folded: its batches become parts, its rejects a CSV, and a new manifest names them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from viaggio.kernel import BadFile, ViaggioError
from viaggio.store.ahead import ahead
from viaggio.store.contracts import FACTS
from viaggio.store.facts import Counts, FoldedItem, Manifest
from viaggio.store.fold.identify import Identifier
from viaggio.store.fold.rejects import RejectWriter
from viaggio.store.fold.table import Sealed, TableFold
from viaggio.store.incoming import Batch, Reader
from viaggio.store.landing import Item
from viaggio.store.recipes import RECIPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a fold is: rows and bytes of the item read so far, of so many bytes."""

    item: int
    label: str
    stage: Literal["read", "write", "index"]
    rows: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    rejected: int = 0
    duplicates: int = 0


OnProgress = Callable[[Progress], None]


class ItemFold:
    """Folds one item into `facts`."""

    def __init__(self, facts: Path, rejects: Path, item: Item, bytes_total: int) -> None:
        self.facts = facts
        self.item = item
        self.bytes_total = bytes_total
        self._rejects = RejectWriter(rejects, item.seq)
        self._identifier = Identifier(item.source)
        self._tables: dict[str, TableFold] = {}
        self._refused: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._read = 0
        self._once = item.recipe is not None and item.recipe in RECIPES and RECIPES[item.recipe].once

    def fold(
        self, open_reader: Callable[[], Reader], connection: Any, manifest: Manifest, on_progress: OnProgress
    ) -> Manifest:
        """The manifest with this item; a file that can not be read at all gives a failed one, no error."""
        try:
            for batch in ahead(open_reader().batches()):
                self._take(batch)
                on_progress(self._progress("read"))
        except ViaggioError as error:
            self._rejects.discard()
            failed = FoldedItem(seq=self.item.seq, source=self.item.source, failed=error.code, why=str(error))
            return manifest.with_item(failed)
        on_progress(self._progress("write"))
        return self._seal(connection, manifest)

    def close(self) -> None:
        """Close files still open after an error that is nobody's mistake; they are swept later."""
        self._rejects.close()

    def _take(self, batch: Batch) -> None:
        if batch.table not in FACTS or batch.table == "identifiers":
            raise BadFile(f"'{batch.table}' is not a table that can be imported", place=batch.file)
        for reject in batch.rejects:
            self._rejects.add(reject)
        if batch.rejects:
            self._refused[batch.table] = self._refused.get(batch.table, 0) + len(batch.rejects)
        if batch.rows is not None and len(batch.rows):
            self._table(batch.table).add(batch.rows)
        self._read += batch.read
        if batch.bytes_read:
            self._done[batch.file] = max(batch.bytes_read, self._done.get(batch.file, 0))

    def _table(self, name: str) -> TableFold:
        if name not in self._tables:
            self._tables[name] = TableFold(
                self.facts, FACTS[name], item=self.item.seq, source=self.item.source,
                identifier=self._identifier, on_identifiers=self._add_identifiers,
                on_reject=self._rejects.add, once=self._once and FACTS[name].customer,
            )  # fmt: skip
        return self._tables[name]

    def _add_identifiers(self, rows: pa.Table) -> None:
        self._table("identifiers").add_stored(rows)

    def _seal(self, connection: Any, manifest: Manifest) -> Manifest:
        for table in list(self._tables.values()):
            table.drain()
        sealed = {
            name: self._tables[name].finish(connection, manifest) for name in FACTS if name in self._tables
        }
        self._rejects.seal()
        names = [name for name in FACTS if name in sealed or name in self._refused]
        folded = FoldedItem(
            seq=self.item.seq, source=self.item.source, source_rows=self._read,
            rejected=self._rejects.count, tables={name: self._counts(name, sealed) for name in names},
        )  # fmt: skip
        return manifest.with_item(
            folded,
            tuple(done.part for done in sealed.values() if done.part),
            tuple(done.voided for done in sealed.values() if done.voided),
        )

    def _counts(self, name: str, sealed: dict[str, Sealed]) -> Counts:
        counts = sealed[name].counts if name in sealed else Counts()
        refused = counts.rejected + self._refused.get(name, 0)
        return Counts(new=counts.new, changed=counts.changed, duplicate=counts.duplicate, rejected=refused)

    def _progress(self, stage: Literal["read", "write"]) -> Progress:
        return Progress(
            item=self.item.seq, label=self.item.label, stage=stage, rows=self._read,
            bytes_done=min(sum(self._done.values()), self.bytes_total), bytes_total=self.bytes_total,
            rejected=self._rejects.count,
        )  # fmt: skip
