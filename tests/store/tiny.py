"""Small workspaces for tests: rows as JSON lines, landed as files, read by the smallest reader there is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.fold import FoldedItem, fold
from viaggio.store.incoming import Batch, Reader, Reject
from viaggio.store.landing import Item, land, payload_path
from viaggio.store.workspace import Settings, Workspace, create

Row = Mapping[str, object]
NOON = 1_750_000_000_000_000


@dataclass(frozen=True)
class TinyReader:
    """Reads JSON lines `{"table": ..., columns}`; a line with `reject` is rejected."""

    paths: Mapping[str, Path]
    batch_rows: int = 1000

    def files(self) -> Mapping[str, Path]:
        return self.paths

    def batches(self) -> Iterator[Batch]:
        for name, path in self.paths.items():
            with pa.input_stream(str(path), compression="zstd") as stream:
                lines = stream.read().decode().splitlines()
            for start in range(0, len(lines), self.batch_rows):
                rows = [json.loads(line) for line in lines[start : start + self.batch_rows]]
                for table in dict.fromkeys(row["table"] for row in rows):
                    yield self._batch(name, table, [row for row in rows if row["table"] == table], start)

    def _batch(self, name: str, table: str, rows: Sequence[Row], start: int) -> Batch:
        rejects = tuple(
            Reject(file=name, line=start + n, code=str(row["reject"]), raw={"id": str(row["id"])})
            for n, row in enumerate(rows)
            if "reject" in row
        )
        good = [{k: v for k, v in row.items() if k != "table"} for row in rows if "reject" not in row]
        made = pa.Table.from_pylist(good, schema=incoming_schema(FACTS[table]))
        return Batch(table=table, rows=made, rejects=rejects, file=name, read=len(rows))


def open_tiny(ws: Workspace, item: Item) -> Reader:
    return TinyReader({p.name: payload_path(ws, item, p) for p in item.payloads})


def open_small_batches(ws: Workspace, item: Item) -> Reader:
    return TinyReader({p.name: payload_path(ws, item, p) for p in item.payloads}, batch_rows=3)


def make(folder: Path, **settings: Any) -> Workspace:
    return create(folder, Settings(name="Prova", **{"buckets": 4, **settings}))


def bring(
    ws: Workspace, rows: Sequence[Row], *, source: str = "shop", name: str = "rows.jsonl", by: str = "ada"
) -> Item:
    """Land rows as one item."""
    path = ws.root / f".{name}"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    item, _ = land(
        ws,
        kind="recipe",
        recipe="tiny",
        source=source,
        label=name,
        files={name: path},
        landed_at=NOON,
        by=by,
    )
    path.unlink()
    return item


def folded(ws: Workspace) -> list[FoldedItem]:
    return fold(ws, open_reader=open_tiny)


def seen(id_: str, minute: int = 0, **more: object) -> Row:
    """An interaction so many minutes after noon."""
    return {
        "table": "interactions", "id": id_, "touchpoint": "site", "channel": "web", "phase": "discovery",
        "moment": "before", "started_at": NOON + minute * 60_000_000, **more,
    }  # fmt: skip


def files_of(ws: Workspace) -> dict[str, bytes]:
    """Every derived file with its content, locks left out."""
    return {
        path.relative_to(ws.root).as_posix(): path.read_bytes()
        for folder in (ws.facts, ws.index, ws.rejects)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
