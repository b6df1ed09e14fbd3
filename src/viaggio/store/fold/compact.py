"""Small parts merged into larger ones, so that a table never has more than a few hundred files.

When item 64, 128, 192 ... is folded, the runs of small parts that came since the last such item become one
part each, and what of it had been replaced is dropped; at 4,096, 8,192 ... the same is done with those, and
so on. What is merged depends on the items alone: the same files come out however folds were grouped, and
from a rebuild. Rows keep their order, so whatever asks what came last gets the same answer.

Items that nobody brought (`quiet`) are told of together then, so that the list of items stays short too.

The event index reads the codes of replaced interactions too: their parts are merged only while none of their
rows was replaced. Identity and event index must know all items before.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.store.contracts import FACTS
from viaggio.store.durable import ASIDE, put_in_place
from viaggio.store.facts import Counts, FoldedItem, Manifest, Part, Share, Voided
from viaggio.store.fold.part import PartWriter, as_micros
from viaggio.store.hashing import file_sha256

WINDOW = 64
"""Items of one level that are merged together."""
SMALL = 50_000
"""Parts of so many rows or more are left as they are."""
INDEXED = "interactions"


def due(manifest: Manifest) -> bool:
    """Whether the last item folded ends a window that is not merged yet."""
    return manifest.last > manifest.compacted and manifest.last > 0 and manifest.last % WINDOW == 0


def compact(facts: Path, manifest: Manifest, quiet: Container[int] = ()) -> Manifest:
    """The manifest with the small parts of the windows that end here merged; writes their files.

    `quiet`: numbers of the items that may be told of together. The files merged away stay, named as
    `retired`, until the next time.
    """
    merged = manifest
    retired: list[str] = []
    for level, window in _levels(manifest.last):
        for table in dict.fromkeys(part.table for part in merged.parts):
            after = _Table(facts, merged, table, level=level, since=manifest.last - window).merged()
            retired += sorted(merged.paths() - after.paths())
            merged = after
        merged = replace(merged, items=_told_together(merged.items, manifest.last - window, quiet))
    gone = [path for path in retired if path not in merged.paths()]
    return replace(merged, compacted=manifest.last, retired=tuple(dict.fromkeys(gone)))


def _levels(last: int) -> Iterator[tuple[int, int]]:
    """Level and length of every window that ends with this item, the shortest first."""
    level, window = 1, WINDOW
    while last % window == 0:
        yield level, window
        level, window = level + 1, window * WINDOW


def _told_together(items: Sequence[FoldedItem], since: int, quiet: Container[int]) -> tuple[FoldedItem, ...]:
    """The list of items with neighbours of this window as one: quiet, of one source, and nothing to tell."""
    told: list[FoldedItem] = []
    for item in items:
        plain = item.seq > since and item.seq in quiet and not (item.failed or item.rejected)
        if plain and told and told[-1].seq > since and _alike(told[-1], item, quiet):
            told[-1] = _both(told[-1], item)
        else:
            told.append(item)
    return tuple(told)


def _alike(before: FoldedItem, item: FoldedItem, quiet: Container[int]) -> bool:
    return before.seq in quiet and before.source == item.source and not (before.failed or before.rejected)


def _both(before: FoldedItem, item: FoldedItem) -> FoldedItem:
    names = [name for name in FACTS if name in before.tables or name in item.tables]
    return replace(
        item,
        first=before.first or before.seq,
        source_rows=before.source_rows + item.source_rows,
        tables={name: _sum(before.tables.get(name), item.tables.get(name)) for name in names},
    )


def _sum(one: Counts | None, other: Counts | None) -> Counts:
    both = [counts for counts in (one, other) if counts is not None]
    return Counts(
        new=sum(counts.new for counts in both),
        changed=sum(counts.changed for counts in both),
        duplicate=sum(counts.duplicate for counts in both),
        rejected=sum(counts.rejected for counts in both),
    )


class _Table:
    """One table at the end of one window."""

    def __init__(self, facts: Path, manifest: Manifest, table: str, *, level: int, since: int) -> None:
        self.facts = facts
        self.manifest = manifest
        self.contract = FACTS[table]
        self.level = level
        self.since = since
        self.parts = manifest.parts_of(table)
        self.voided = manifest.voided_of(table)
        self.gone = self._gone()

    def merged(self) -> Manifest:
        """The manifest with this table merged; the same one where there is nothing to merge."""
        runs = [run for run in self._runs() if len(run) > 1]
        stead = {run[-1].item: self._merge(run) for run in runs}
        taken = {part.item for run in runs for part in run}
        if not taken and not self._many_voids():
            return self.manifest
        parts: list[Part] = []
        for part in self.manifest.parts:
            if part.table != self.contract.name or part.item not in taken:
                parts.append(part)
            elif part.item in stead and (made := stead[part.item]) is not None:
                parts.append(made)
        voided = [void for void in self.manifest.voided if void not in self._own_voids()]
        left = self._merge_voids(taken)
        voided = sorted([*voided, *left], key=lambda void: (void.item, list(FACTS).index(void.table)))
        return replace(self.manifest, parts=tuple(parts), voided=tuple(voided))

    def _runs(self) -> Iterator[list[Part]]:
        """Neighbouring small parts of this window."""
        run: list[Part] = []
        for part in self.parts:
            fits = part.item > self.since and part.rows < SMALL
            if fits and not (self.contract.name == INDEXED and len(self._drops(part))):
                run.append(part)
            else:
                yield run
                run = []
        yield run

    def _own_voids(self) -> tuple[Voided, ...]:
        return tuple(void for void in self.voided if void.item > self.since)

    def _many_voids(self) -> bool:
        return len(self._own_voids()) > 1

    def _gone(self) -> dict[int, npt.NDArray[np.int64]]:
        """Keys of replaced rows, sorted, by the part they lie in; only parts of this window."""
        if not self._own_voids():
            return {}
        tables = [pq.read_table(self.facts / void.path) for void in self._own_voids()]
        whole = pa.concat_tables(tables)
        part, key = whole["part"].to_numpy(), whole["key"].to_numpy()
        inside = [p for p in np.unique(part).tolist() if p > self.since]
        return {p: np.sort(key[part == p]) for p in inside}

    def _drops(self, part: Part) -> npt.NDArray[np.int64]:
        return self.gone.get(part.item, np.empty(0, np.int64))

    def _merge(self, run: Sequence[Part]) -> Part | None:
        """One part with the rows of the run that hold; None where none does."""
        last = run[-1]
        target = self.facts / replace(last, level=self.level).path
        writer = PartWriter(target, self.contract)
        shares: dict[str, Share] = {}
        for part in run:
            table = _without(pq.read_table(self.facts / part.path), self._drops(part))
            if len(table):
                writer.add(table)
                self._count(table, shares)
        writer.close()
        if not writer.rows:
            return None
        one = len(shares) == 1
        made = writer.seal(item=last.item, source=next(iter(shares)) if one else "")
        return replace(made, level=self.level, shares=() if one else tuple(shares.values()))

    def _count(self, table: pa.Table, shares: dict[str, Share]) -> None:
        for source in pc.unique(table["source"]).to_pylist():
            rows = table.filter(pc.equal(table["source"], source))
            latest = self._latest(rows)
            known = shares.get(source, Share(source=source, rows=0))
            times = [time for time in (known.latest, latest) if time is not None]
            shares[source] = Share(
                source=source, rows=known.rows + len(rows), latest=max(times) if times else None
            )

    def _latest(self, rows: pa.Table) -> int | None:
        if self.contract.time is None:
            return None
        latest: int | None = pc.max(as_micros(rows[self.contract.time])).as_py()
        return latest

    def _merge_voids(self, taken: set[int]) -> list[Voided]:
        """The lists of this window as one, without rows that are dropped now."""
        own = self._own_voids()
        if not own:
            return []
        whole = pa.concat_tables([pq.read_table(self.facts / void.path) for void in own])
        part = whole["part"].to_numpy()
        stays = ~np.isin(part, np.array(sorted(taken), np.int64))
        if stays.all() and len(own) == 1:
            return [own[0]]
        whole = whole.filter(pa.array(stays))
        if not len(whole):
            return []
        whole = whole.sort_by([("part", "ascending"), ("key", "ascending")]).combine_chunks()
        return [self._write_voids(whole, own[-1])]

    def _write_voids(self, rows: pa.Table, last: Voided) -> Voided:
        draft = replace(last, level=self.level, rows=len(rows))
        target = self.facts / draft.path
        aside = target.with_name(target.name + ASIDE)
        pq.write_table(rows, aside, compression="zstd")
        made = replace(draft, size=aside.stat().st_size, sha256=file_sha256(aside))
        put_in_place(aside, target)
        return made


def _without(table: pa.Table, keys: npt.NDArray[np.int64]) -> Any:
    if not len(keys):
        return table
    return table.filter(pc.invert(pc.is_in(table["key"], value_set=pa.array(keys))))
