"""Small workspaces for tests: rows as JSON lines, landed as files, read by the smallest reader there is."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.incoming import Batch, Reader, Reject
from viaggio.store.landing import Item, land, payload_path
from viaggio.store.workspace import Settings, Workspace, create

Row = dict[str, object]


@dataclass(frozen=True)
class TinyReader:
    """Reads JSON lines `{"table": ..., columns}`; a line with `reject` is rejected."""

    paths: Mapping[str, Path]
    batch_rows: int = 1000

    def files(self) -> Mapping[str, Path]:
        return self.paths

    def batches(self) -> Iterator[Batch]:
        for name, path in self.paths.items():
            lines = pa.input_stream(str(path), compression="zstd").read().decode().splitlines()
            for start in range(0, len(lines), self.batch_rows):
                rows = [json.loads(line) for line in lines[start : start + self.batch_rows]]
                for table in dict.fromkeys(row["table"] for row in rows):
                    yield self._batch(name, table, [row for row in rows if row["table"] == table], start)

    def _batch(self, name: str, table: str, rows: list[Row], start: int) -> Batch:
        rejects = tuple(
            Reject(file=name, line=start + n, code=str(row["reject"]), raw={"id": str(row["id"])})
            for n, row in enumerate(rows)
            if "reject" in row
        )
        schema = incoming_schema(FACTS[table])
        good = [{k: v for k, v in row.items() if k != "table"} for row in rows if "reject" not in row]
        return Batch(
            table=table, rows=pa.Table.from_pylist(good, schema=schema), rejects=rejects, file=name, read=len(rows)
        )


def open_tiny(ws: Workspace, item: Item) -> Reader:
    return TinyReader({p.name: payload_path(ws, item, p) for p in item.payloads})


def workspace(folder: Path, **settings: object) -> Workspace:
    return create(folder, Settings(name="Prova", **{"buckets": 4, **settings}))  # type: ignore[arg-type]  # any


def bring(ws: Workspace, rows: list[Row], *, source: str = "shop", name: str = "rows.jsonl") -> Item:
    """Land rows as one item."""
    path = ws.root / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    item, _ = land(
        ws, kind="recipe", recipe="tiny", source=source, label=name, files={name: path}, landed_at=1, by="test"
    )
    path.unlink()
    return item


def seen(id_: str, at: int = 0, **more: object) -> Row:
    """An interaction."""
    return {
        "table": "interactions", "id": id_, "touchpoint": "site", "channel": "web", "phase": "discovery",
        "moment": "before", "started_at": at, **more,
    }  # fmt: skip
