"""The list of all fact files, swapped at once: what it does not name does not exist."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from viaggio.kernel import BadWorkspace
from viaggio.store.durable import to_json, write_durably

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the rows of one table in one item.

    Every row received is new, changed (a newer version of a known row), duplicate or rejected.
    """

    new: int = 0
    changed: int = 0
    duplicate: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        """Rows received."""
        return self.new + self.changed + self.duplicate + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one source has in a part merged from several: rows, and its latest time in UTC microseconds."""

    source: str
    rows: int
    latest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Parquet file of facts: table, item, rows, bounds of its time column in UTC microseconds.

    A merged part has a `level` above 0, the number of its last item, and what each source has in it;
    `source` is empty where there are several.
    """

    table: str
    item: int
    source: str
    rows: int
    size: int
    sha256: str
    earliest: int | None = None
    latest: int | None = None
    level: int = 0
    shares: tuple[Share, ...] = ()

    @property
    def path(self) -> str:
        """Its place under the facts folder; names sort as items do, and read as a number give the item."""
        return f"{self.table}/{self.item:08d}{_level(self.level)}.parquet"

    def of(self, source: str) -> Share | None:
        """What a source has in it."""
        if self.source == source:
            return Share(source=source, rows=self.rows, latest=self.latest)
        return next((share for share in self.shares if share.source == source), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """A list of rows of earlier parts that a newer version replaced."""

    table: str
    item: int
    rows: int
    size: int
    sha256: str
    level: int = 0

    @property
    def path(self) -> str:
        """Its place under the facts folder."""
        return f"{self.table}/{self.item:08d}{_level(self.level)}.superseded.parquet"


def _level(level: int) -> str:
    return f".{level}" if level else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedItem:
    """What a fold made of one item. `failed` is the code of the error that refused it as a whole.

    One of several items has the number of the last and the sums of all; `first` is the number of the first.
    """

    seq: int
    source: str
    source_rows: int = 0
    rejected: int = 0
    tables: Mapping[str, Counts] = field(default_factory=dict)
    failed: str | None = None
    why: str = ""
    first: int = 0

    @property
    def count(self) -> int:
        """Of how many items it tells."""
        return self.seq - self.first + 1 if self.first else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The file that says which identifiers are another's customer, as of an item."""

    item: int = 0
    rows: int = 0
    sha256: str = ""

    @property
    def path(self) -> str | None:
        """Its place under the facts folder; None while every identifier is its own customer."""
        return f"identity/{self.sha256[:16]}.parquet" if self.rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything folded so far. No clock and no chance goes in, so that a rebuild writes the same bytes."""

    items: tuple[FoldedItem, ...] = ()
    parts: tuple[Part, ...] = ()
    voided: tuple[Voided, ...] = ()
    identity: Identity = field(default_factory=Identity)
    compacted: int = 0  # the item up to which small parts were merged
    retired: tuple[str, ...] = ()  # files merged away last, kept for who still reads them

    @property
    def last(self) -> int:
        """Number of the last item folded, 0 when none is."""
        return self.items[-1].seq if self.items else 0

    @property
    def version(self) -> str:
        """Name of this state of the facts."""
        return sha256(self.to_bytes()).hexdigest()[:16]

    def parts_of(self, table: str) -> tuple[Part, ...]:
        """The parts of one table, oldest first."""
        return tuple(part for part in self.parts if part.table == table)

    def voided_of(self, table: str) -> tuple[Voided, ...]:
        """The replaced-row lists of one table, oldest first."""
        return tuple(void for void in self.voided if void.table == table)

    def rows(self, table: str) -> int:
        """Rows of the table that hold."""
        return sum(p.rows for p in self.parts_of(table)) - sum(v.rows for v in self.voided_of(table))

    def with_item(
        self, item: FoldedItem, parts: tuple[Part, ...] = (), voided: tuple[Voided, ...] = ()
    ) -> "Manifest":
        """This and one more item."""
        return replace(
            self,
            items=(*self.items, item),
            parts=(*self.parts, *parts),
            voided=(*self.voided, *voided),
        )

    def paths(self) -> set[str]:
        """Every file it names, under the facts folder."""
        identity = {self.identity.path} if self.identity.path else set()
        return {*self.retired, *identity, *(part.path for part in self.parts), *(v.path for v in self.voided)}

    def to_bytes(self) -> bytes:
        """As it is written."""
        return to_json({"format": FORMAT, **asdict(self)})


def read_manifest(facts: Path) -> Manifest:
    """The manifest in that facts folder; an empty one where nothing was folded. Raises `BadWorkspace`."""
    path = facts / MANIFEST
    try:
        read = json.loads(path.read_bytes())
        return _manifest(read)
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError) as error:
        hint = "Run 'viaggio rebuild'."
        raise BadWorkspace(
            f"the list of facts can not be read: {error}", place=str(path), hint=hint
        ) from error


def _manifest(read: dict[str, Any]) -> Manifest:
    return Manifest(
        items=tuple(
            FoldedItem(**{**item, "tables": {t: Counts(**c) for t, c in item["tables"].items()}})
            for item in read["items"]
        ),
        parts=tuple(_part(part) for part in read["parts"]),
        voided=tuple(Voided(**void) for void in read["voided"]),
        identity=Identity(**read["identity"]),
        compacted=read.get("compacted", 0),
        retired=tuple(read.get("retired", ())),
    )


def _part(read: dict[str, Any]) -> Part:
    return Part(**{**read, "shares": tuple(Share(**share) for share in read.get("shares", ()))})


def write_manifest(facts: Path, manifest: Manifest) -> None:
    """Swap the manifest: from here on readers see the new state."""
    write_durably(facts / MANIFEST, manifest.to_bytes())
