"""The list of the index's files with the dictionaries, swapped at once."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path

from viaggio.journey.index import Codes
from viaggio.kernel import BadWorkspace
from viaggio.store.durable import to_json, write_durably
from viaggio.store.index.columnar import SUFFIX

MANIFEST = "manifest.json"
FORMAT = 2
"""Since 2, columns of one value and columns that repeat another are left out of the files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFile:
    """One bucket on disk; it is named by its content."""

    number: int
    events: int
    customers: int
    xxh3: str

    @property
    def path(self) -> str:
        """Its place under the index folder."""
        return f"{self.number:05d}-{self.xxh3[:16]}{SUFFIX}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexManifest:
    """State of the index: which facts it holds, under which identity, in which files.

    `identity` is the path under the facts folder of the identity file it was resolved with.
    """

    buckets: int
    item: int = 0
    identity: str | None = None
    codes: Codes = field(default_factory=Codes)
    files: tuple[BucketFile, ...] = ()
    format: int = FORMAT

    @property
    def version(self) -> str:
        """Name of this state of the index."""
        return sha256(self.to_bytes()).hexdigest()[:16]

    def file(self, number: int) -> BucketFile | None:
        """The file of a bucket; None while nobody is in it."""
        return next((file for file in self.files if file.number == number), None)

    def paths(self) -> set[str]:
        """Every file it names, under the index folder."""
        return {file.path for file in self.files}

    def with_files(self, changed: Iterable[BucketFile]) -> tuple[BucketFile, ...]:
        """The files when these replace their predecessors; empty buckets have none."""
        files = {file.number: file for file in (*self.files, *changed)}
        return tuple(files[number] for number in sorted(files) if files[number].events)

    def to_bytes(self) -> bytes:
        """As it is written."""
        return to_json(asdict(self))


def read_index_manifest(index: Path) -> IndexManifest | None:
    """The manifest in that index folder; None where there is no index. Raises `BadWorkspace`."""
    path = index / MANIFEST
    try:
        read = json.loads(path.read_bytes())
        texts = {column.name: tuple(read["codes"][column.name]) for column in fields(Codes)}
        return IndexManifest(
            buckets=read["buckets"],
            item=read["item"],
            identity=read["identity"],
            codes=Codes(**texts),
            files=tuple(BucketFile(**file) for file in read["files"]),
            format=read["format"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        what = f"the journey index can not be read: {error}"
        raise BadWorkspace(what, place=str(path), hint="Run 'viaggio rebuild'.") from error


def write_index_manifest(index: Path, manifest: IndexManifest) -> None:
    """Swap the manifest."""
    write_durably(index / MANIFEST, manifest.to_bytes())
