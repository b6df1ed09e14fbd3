"""What lies in the landing: one item per import, recipe run or decision, sealed and never changed."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, cast

from viaggio.kernel import BadWorkspace

Kind = Literal["mapping", "recipe", "identity"]
ITEM_FILE = "item.json"
MAPPING_FILE = "mapping.toml"
FORMAT = 1
SYSTEM = "system"
"""Who brings what the server lands by itself."""
MOST_KEPT = 200_000
"""Items that a process keeps in memory, about 1 kB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One file as it arrived: its name, where it is stored in the item's folder, its own SHA-256 and size."""

    name: str
    stored: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that arrived. `landed_at`: UTC microseconds; `by`: who brought it.

    `digest` names kind, source, files, mapping or recipe and options: the same things give the same digest.
    `kept`: a customer was erased from it, and its payloads are the rows that were left.
    """

    seq: int
    kind: Kind
    source: str
    label: str
    recipe: str | None = None
    payloads: tuple[Payload, ...] = ()
    mapping_sha256: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    landed_at: int
    by: str
    digest: str
    kept: bool = False

    @property
    def quiet(self) -> bool:
        """Whether nobody brought it: batches that the server lands by itself, many a day."""
        return self.kind != "identity" and self.by == SYSTEM

    @property
    def files(self) -> Mapping[str, str]:
        """SHA-256 of each file, by name."""
        return {payload.name: payload.sha256 for payload in self.payloads}

    @property
    def size(self) -> int:
        """Bytes of all files as they arrived."""
        return sum(payload.size for payload in self.payloads)

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"{self.seq:08d}"


def content_digest(
    kind: Kind, source: str, files: Mapping[str, str], *, mapping: str | None, recipe: str | None,
    options: Mapping[str, str],
) -> str:  # fmt: skip
    """What makes two items the same: files by name and SHA-256, and how they are to be read."""
    content = [kind, source, sorted(files.items()), mapping, recipe, sorted(options.items())]
    return sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def item_json(item: Item) -> dict[str, Any]:
    """The item as it is written."""
    return {
        "format": FORMAT,
        "seq": item.seq,
        "kind": item.kind,
        "source": item.source,
        "label": item.label,
        "recipe": item.recipe,
        "files": [
            {"name": p.name, "stored": p.stored, "sha256": p.sha256, "size": p.size} for p in item.payloads
        ],
        "mapping_sha256": item.mapping_sha256,
        "options": dict(item.options),
        "landed_at": item.landed_at,
        "by": item.by,
        "digest": item.digest,
        **({"kept": True} if item.kept else {}),
    }


_read: dict[str, tuple[tuple[int, int, int], Item]] = {}
"""Items read before by this process, with the stamp of their file: most never change."""


def read_item(folder: Path) -> Item:
    """The item sealed in that folder; read again only when its file is another. Raises `BadWorkspace`."""
    path = f"{folder}/{ITEM_FILE}"
    try:
        found = os.stat(path)  # noqa: PTH116 -- a landing has many items, and a Path for each takes longer
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
    except OSError:
        stamp = (0, 0, 0)
    known = _read.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    item = _read_item(folder)
    if len(_read) >= MOST_KEPT:
        _read.clear()
    _read[path] = (stamp, item)
    return item


def _read_item(folder: Path) -> Item:
    path = folder / ITEM_FILE
    try:
        item = _item(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadWorkspace(f"a landed item can not be read: {error}", place=str(path)) from error
    if item.folder != folder.name:
        raise BadWorkspace(f"a landed item says it is number {item.seq}", place=str(path))
    return item


def _item(read: dict[str, Any]) -> Item:
    return Item(
        seq=int(read["seq"]),
        kind=cast("Kind", read["kind"]),
        source=read["source"],
        label=read["label"],
        recipe=read["recipe"],
        payloads=tuple(Payload(**file) for file in read["files"]),
        mapping_sha256=read["mapping_sha256"],
        options=read["options"],
        landed_at=int(read["landed_at"]),
        by=read["by"],
        digest=read["digest"],
        kept=bool(read.get("kept", False)),
    )
