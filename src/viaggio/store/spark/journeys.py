"""The journey index of a workspace, its buckets walked by Spark.

The index folder must be at the same path on every machine: a shared disk, or a copy. The driver names the
files, so that all tasks read one state of the index, whatever a fold does meanwhile. A task that is lost is
run again by Spark; parts come back by bucket and are merged in that order, so the answer is the one of a
single machine, bit for bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viaggio.journey.index import EMPTY_BUCKET, Bucket, Codes
from viaggio.journey.run import Kernel, part_of
from viaggio.journey.where import Where
from viaggio.store.index.columnar import map_bucket
from viaggio.store.index.open import MappedJourneys, open_index
from viaggio.store.spark.tasks import tasks

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class SparkJourneys:
    """Journeys on disk, walked by the machines of a cluster."""

    session: Any
    index: Path
    local: MappedJourneys

    @property
    def codes(self) -> Codes:
        """Dictionaries of the coded columns."""
        return self.local.codes

    @property
    def version(self) -> str:
        """Name of this state of the index."""
        return self.local.version

    def __len__(self) -> int:
        """Number of buckets."""
        return len(self.local)

    def bucket(self, number: int) -> Bucket:
        """One bucket, read here; raises `IndexError`."""
        return self.local.bucket(number)

    def parts[Part, Result](self, kernel: Kernel[Part, Result], where: Where) -> Iterator[Part]:
        """The answer for each bucket, one task a bucket, in the order of the buckets."""
        manifest = self.local.manifest
        files = [manifest.file(number) for number in range(len(self))]
        paths = [None if file is None else str(self.index / file.path) for file in files]
        yield from tasks(self.session, of_bucket, (kernel, where, self.codes), paths)


def of_bucket(asked: Any, path: str | None) -> Any:
    """The work of a task: the part of one bucket."""
    kernel, where, codes = asked
    bucket = EMPTY_BUCKET if path is None else map_bucket(Path(path))
    return part_of(bucket, codes, kernel, where)


def spark_journeys(ws: "Workspace", session: Any) -> SparkJourneys:
    """The newest journey index of a workspace, walked by that session's cluster."""
    return SparkJourneys(session, ws.index.absolute(), open_index(ws))
