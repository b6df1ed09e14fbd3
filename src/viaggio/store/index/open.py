"""The journey index of a workspace, opened: every bucket mapped into memory."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from viaggio.journey.index import EMPTY_BUCKET, Bucket, Codes
from viaggio.store.index.columnar import map_bucket
from viaggio.store.index.manifest import MANIFEST, IndexManifest, read_index_manifest
from viaggio.store.workspace import Workspace

_TRIES = 5


@dataclass(frozen=True, slots=True, eq=False)
class MappedJourneys:
    """Journeys on disk. Once open they stay as they are, whatever later folds do."""

    manifest: IndexManifest
    buckets: tuple[Bucket, ...]

    @property
    def codes(self) -> Codes:
        """Dictionaries of the coded columns."""
        return self.manifest.codes

    @property
    def version(self) -> str:
        """Name of this state of the index."""
        return self.manifest.version

    def __len__(self) -> int:
        """Number of buckets."""
        return len(self.buckets)

    def bucket(self, number: int) -> Bucket:
        """One bucket; raises `IndexError`."""
        return self.buckets[number]

    @property
    def n_events(self) -> int:
        """Number of rows."""
        return sum(file.events for file in self.manifest.files)

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return sum(file.customers for file in self.manifest.files)


_open: dict[Path, tuple[tuple[int, int], MappedJourneys]] = {}
_lock = Lock()


def open_index(ws: Workspace) -> MappedJourneys:
    """The newest journey index, the same object until the next fold; empty where nothing was folded."""
    with _lock:
        stamp = _stamp(ws.index / MANIFEST)
        known = _open.get(ws.index)
        if known is None or known[0] != stamp:
            known = _open[ws.index] = (stamp, map_index(ws.index, ws.settings.buckets))
        return known[1]


def map_index(index: Path, buckets: int) -> MappedJourneys:
    """The index in that folder, mapped; `buckets` empty ones where there is none."""
    for attempt in range(_TRIES):
        manifest = read_index_manifest(index) or IndexManifest(buckets=buckets)
        try:
            mapped = tuple(_bucket(index, manifest, n) for n in range(manifest.buckets))
            return MappedJourneys(manifest, mapped)
        except FileNotFoundError:  # a fold swapped the manifest between our two looks
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def _bucket(index: Path, manifest: IndexManifest, number: int) -> Bucket:
    file = manifest.file(number)
    return EMPTY_BUCKET if file is None else map_bucket(index / file.path)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_ino)
