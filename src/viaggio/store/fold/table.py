"""One table of one item: incoming rows checked, keyed, written, compared with what is known, and sealed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.kernel import Contract
from viaggio.store.contracts import incoming_schema
from viaggio.store.durable import ASIDE, put_in_place
from viaggio.store.facts import Counts, Manifest, Part, Voided
from viaggio.store.facts.live import live_sql
from viaggio.store.fold.identify import Identified, Identifier, nullable
from viaggio.store.fold.known import HELD_KEYS, same_again
from viaggio.store.fold.part import BLOCK_ROWS, CODED, PartWriter, coded_columns, coded_schema, repeated
from viaggio.store.hashing import Keys, file_sha256, row_digests, row_keys
from viaggio.store.incoming import Reject
from viaggio.store.sql import paths, sql

VOIDED_SCHEMA = pa.schema([
    pa.field("key", pa.int64(), nullable=False),
    pa.field("part", pa.int32(), nullable=False),
    pa.field("customer", pa.int64()),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one table of an item became on disk."""

    part: Part | None
    voided: Voided | None
    counts: Counts


class TableFold:
    """Takes the rows of one table of one item and makes its part."""

    def __init__(
        self, facts: Path, contract: Contract, *, item: int, source: str, identifier: Identifier,
        on_identifiers: Callable[[pa.Table], None], on_reject: Callable[[Reject], None], once: bool = False,
    ) -> None:  # fmt: skip
        self.facts = facts
        self.contract = contract
        self.item = item
        self.source = source
        self.rejected = 0
        self._once = once
        self._identifier = identifier
        self._on_identifiers = on_identifiers
        self._on_reject = on_reject
        self._schema = incoming_schema(contract)
        self._stored_schema = coded_schema(contract)
        self._few = set(coded_columns(contract))
        self._held: list[pa.Table] = []
        self._held_rows = 0
        self._keys: list[Keys] | None = []
        self._out = PartWriter(facts / contract.name / f"{item:08d}.parquet", contract)

    def add(self, rows: pa.Table) -> None:
        """Add rows in the incoming schema."""
        self._held.append(rows.select(self._schema.names).cast(self._schema))
        self._held_rows += len(rows)
        while self._held_rows >= BLOCK_ROWS:
            self._work_off(BLOCK_ROWS)

    def add_stored(self, rows: pa.Table) -> None:
        """Add rows that are in the stored schema already."""
        self._out.add(rows)
        if self._keys is not None:
            self._keys.append(rows["key"].to_numpy())
            if self._out.rows > HELD_KEYS:
                self._keys = None

    def finish(self, connection: Any, manifest: Manifest) -> Sealed:
        """Compare with what is known, drop what is no news, seal the files."""
        self.drain()
        if not self._out.rows:
            return Sealed(None, None, Counts(rejected=self.rejected))
        counts, drops, voided = self._compare(connection, manifest)
        self._out.close()
        if len(drops):
            self._out = self._out.without(drops)
        part = self._out.seal(item=self.item, source=self.source) if self._out.rows else None
        return Sealed(part, self._seal_voided(voided), counts)

    def drain(self) -> None:
        """Work off the rows still held."""
        if self._held_rows:
            self._work_off(self._held_rows)

    def _work_off(self, rows: int) -> None:
        table = pa.concat_tables(self._held)
        rest = table.slice(rows)
        self._held, self._held_rows = ([rest], len(rest)) if len(rest) else ([], 0)
        good = self._coded(self._without_bad(self._coded(table.slice(0, rows))))
        if len(good):
            self.add_stored(self._stored(good))

    def _coded(self, rows: pa.Table) -> pa.Table:
        """The rows with codes dictionary-encoded, by nothing but what they hold."""
        for place, field in enumerate(self._schema):
            if field.name in self._few and (column := rows.column(place)).type != CODED:
                coded = pc.dictionary_encode(column.combine_chunks())
                rows = rows.set_column(place, field.with_type(CODED), coded)
        return rows

    def _stored(self, rows: pa.Table) -> pa.Table:
        keys = {"key": pa.array(row_keys(self.source, rows["id"]))}
        columns = {name: rows[name] for name in self.contract.names}
        if self.contract.customer:
            found: Identified = self._identifier.identify(rows)
            if len(found.identifiers):
                self._on_identifiers(found.identifiers)
            who = {"customer": nullable(found.customer), "account": nullable(found.account)}
            columns = {**{name: pa.chunked_array([who[name]]) for name in who}, **columns}
        told = {} if self._once else columns  # then all rows of an id are alike, and the first one stays
        digest = pa.array(row_digests(told.items(), len(rows)))
        source = repeated(self.source, len(rows))
        whole = {**keys, "digest": digest, "source": source, "id": rows["id"], **columns}
        return pa.table(whole, schema=self._stored_schema)

    def _without_bad(self, rows: pa.Table) -> pa.Table:
        """The last guard: a reader should have refused these rows already, facts never hold them."""
        bad: npt.NDArray[np.bool_] = np.zeros(len(rows), np.bool_)
        for column, code, mask in self._breaches(rows):
            for place in np.flatnonzero(mask & ~bad).tolist():
                self._refuse(rows.slice(place, 1), column, code)
            bad |= mask
        return rows.filter(pa.array(~bad)).cast(self._schema) if bad.any() else rows

    def _breaches(self, rows: pa.Table) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
        needed = ["id", *(column.name for column in self.contract.columns if column.needed)]
        for name in needed:
            if rows[name].null_count:
                yield name, "value.missing", pc.is_null(rows[name]).to_numpy()
        for column in self.contract.columns:
            if column.allowed and rows[column.name].null_count < len(rows):
                allowed = pa.array([*column.allowed, None], pa.string())
                codes = rows[column.name].combine_chunks()
                if not pc.all(pc.is_in(codes.dictionary, allowed)).as_py():
                    known = pc.is_in(codes.dictionary_decode(), allowed).to_numpy(zero_copy_only=False)
                    yield column.name, "value.not_allowed", ~known

    def _refuse(self, row: pa.Table, column: str, code: str) -> None:
        raw = {name: str(value) for name, value in row.to_pylist()[0].items() if value is not None}
        self.rejected += 1
        self._on_reject(
            Reject(
                file=self.contract.name, line=0, code=code, column=column, value=raw.get(column, ""), raw=raw
            )
        )

    def _compare(
        self, connection: Any, manifest: Manifest
    ) -> tuple[Counts, npt.NDArray[np.int64], pa.Table | None]:
        again = self._same_again(manifest)
        if again is not None:
            new = self._out.rows - len(again)
            return Counts(new=new, duplicate=len(again), rejected=self.rejected), again, None
        run = connection.execute
        run(sql("fold_fresh", paths=paths([self._out.closed()])))
        self._load_known(connection, manifest)
        run(sql("fold_repeated"))
        known, repeated = (
            run(f"from {name} limit 1").fetchone() is not None for name in ("known", "repeated")
        )
        if not known and not repeated:
            return Counts(new=self._out.rows, rejected=self.rejected), np.empty(0, np.int64), None
        run(sql("fold_verdicts"))
        for (collided,) in run(sql("fold_collisions")).fetchall():
            self.rejected += 1
            self._on_reject(Reject(file=self.contract.name, line=0, code="row.key_collision", value=collided))
        found = dict(run(sql("fold_counts")).fetchall())
        doubtful = sum(found.values())
        counts = Counts(
            new=self._out.rows - doubtful + found.get("new", 0),
            changed=found.get("changed", 0),
            duplicate=found.get("duplicate", 0),
            rejected=self.rejected,
        )
        drops = run(sql("fold_drops")).fetchnumpy()["place"].astype(np.int64)
        voided = connection.sql(sql("fold_voided")).to_arrow_table().cast(VOIDED_SCHEMA) if known else None
        return counts, drops, voided

    def _same_again(self, manifest: Manifest) -> npt.NDArray[np.int64] | None:
        """Places of rows known already, where there is no other doubt about any row."""
        if self._keys is None:
            return None
        keys, self._keys = np.concatenate(self._keys), None
        return same_again(keys, self._out.closed, self.facts, self._of_source(manifest))

    def _of_source(self, manifest: Manifest) -> list[Part]:
        return [p for p in manifest.parts_of(self.contract.name) if p.of(self.source) is not None]

    def _load_known(self, connection: Any, manifest: Manifest) -> None:
        of_source = self._of_source(manifest)
        live = partial(live_sql, connection, self.facts, manifest, self.contract.name, parts=of_source)
        keys = live(columns=["key"])
        if keys is not None:
            connection.execute(sql("fold_met", live=keys))
        if keys is None or connection.execute("from met limit 1").fetchone() is None:
            connection.execute(sql("fold_nothing_known"))
            return
        columns = ["key", "digest", "id", *(["customer"] if self.contract.customer else [])]
        customer = "live.customer" if self.contract.customer else "null::bigint"
        known = live(columns=columns, places=True)
        connection.execute(sql("fold_known", live=str(known), customer=customer))

    def _seal_voided(self, rows: pa.Table | None) -> Voided | None:
        if rows is None or not len(rows):
            return None
        target = self.facts / self.contract.name / f"{self.item:08d}.superseded.parquet"
        aside = target.with_name(target.name + ASIDE)
        pq.write_table(rows, aside, compression="zstd")
        voided = Voided(
            table=self.contract.name, item=self.item, rows=len(rows), size=aside.stat().st_size,
            sha256=file_sha256(aside),
        )  # fmt: skip
        put_in_place(aside, target)
        return voided
