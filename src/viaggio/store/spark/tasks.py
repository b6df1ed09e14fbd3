"""Tasks of a cluster: each does the same with a place of its own, and what it finds comes back in order."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

SCHEMA = "place long, found binary"
"""What a task gives back: the number of its place, and what it found, pickled."""


def tasks[Place, Found](
    session: Any, work: Callable[[Any, Place], Found], asked: Any, places: Sequence[Place]
) -> list[Found]:
    """What `work(asked, place)` finds for each place, one task a place, in their order.

    A task that is lost is run again by Spark.
    """
    from pyspark.cloudpickle import dumps

    if not places:
        return []
    task = _task(dumps((work, asked, list(places))))
    rows = session.range(0, len(places), 1, len(places)).mapInArrow(task, SCHEMA).collect()
    found = {row.place: row.found for row in rows}
    return [pickle.loads(found[number]) for number in range(len(places))]  # noqa: S301 -- what our own tasks have pickled


def _task(question: bytes) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Numbers of places in, what is found there out."""

    def task(numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        work, asked, places = pickle.loads(question)  # noqa: S301 -- pickled by the driver
        for batch in numbers:
            for number in batch.column(0).to_pylist():
                found = pickle.dumps(work(asked, places[number]))
                yield pa.RecordBatch.from_pydict(
                    {"place": pa.array([number], pa.int64()), "found": pa.array([found], pa.binary())}
                )

    return task
