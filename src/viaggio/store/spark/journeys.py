"""The journey index of a workspace, its buckets walked by Spark.

The index folder must be at the same path on every machine: a shared disk, or a copy. The driver names the
files, so that all tasks read one state of the index, whatever a fold does meanwhile. A task that is lost is
run again by Spark; parts come back by bucket and are merged in that order, so the answer is the one of a
single machine, bit for bit.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from viaggio.journey.index import EMPTY_BUCKET, Bucket, Codes
from viaggio.journey.run import Kernel, part_of
from viaggio.journey.where import Where
from viaggio.store.index.columnar import map_bucket
from viaggio.store.index.open import MappedJourneys, open_index

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

SCHEMA = "bucket long, part binary"
"""What a task gives back: the number of its bucket, and the part, pickled."""


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
        from pyspark.cloudpickle import dumps

        manifest = self.local.manifest
        files = [manifest.file(number) for number in range(len(self))]
        paths = [None if file is None else str(self.index / file.path) for file in files]
        task = walked(dumps((kernel, where, self.codes, paths)))
        asked = self.session.range(0, len(self), 1, max(len(self), 1)).mapInArrow(task, SCHEMA)
        found = {row.bucket: row.part for row in asked.collect()}
        for number in range(len(self)):
            yield pickle.loads(found[number])  # noqa: S301 -- what our own tasks have pickled


def walked(question: bytes) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The work of a task: numbers of buckets in, their parts out."""

    def task(numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        kernel, where, codes, paths = pickle.loads(question)  # noqa: S301 -- pickled by the driver
        for batch in numbers:
            for number in batch.column(0).to_pylist():
                bucket = EMPTY_BUCKET if paths[number] is None else map_bucket(Path(paths[number]))
                part = pickle.dumps(part_of(bucket, codes, kernel, where))
                yield pa.RecordBatch.from_pydict(
                    {"bucket": pa.array([number], pa.int64()), "part": pa.array([part], pa.binary())}
                )

    return task


def spark_journeys(ws: "Workspace", session: Any) -> SparkJourneys:
    """The newest journey index of a workspace, walked by that session's cluster."""
    return SparkJourneys(session, ws.index.absolute(), open_index(ws))
