"""When and where customers were met, read from the journey index: as quick for millions as for a few."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viaggio.journey.index import bucket_of

if TYPE_CHECKING:
    from viaggio.journey.index import Bucket, Journeys

_STEP = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How often, when first and last (UTC microseconds) and on which channels, the most used one first."""

    interactions: int
    first: int
    last: int
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One interaction: `at` in UTC microseconds, phase and touchpoint as codes, empty where not stated."""

    at: int
    phase: str
    touchpoint: str


def met(journeys: "Journeys", customers: Iterable[int]) -> Mapping[int, Met]:
    """What the index knows of these customers; those without an interaction are left out."""
    names = journeys.codes.channel
    found = {}
    for customer, bucket, rows in _places(journeys, customers):
        time = bucket.time[rows]
        codes, counts = np.unique(bucket.channel[rows], return_counts=True)
        ranked = sorted(
            zip(counts.tolist(), codes.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1])
        )
        found[customer] = Met(
            interactions=len(time),
            first=int(time[0]),
            last=int(time[-1]),
            channels=tuple(names[code] for _, code in ranked if code >= 0),
        )
    return found


def steps(journeys: "Journeys", customers: Iterable[int], *, limit: int = _STEP) -> list[Step]:
    """The newest interactions of these customers together, oldest of them first."""
    phases, touchpoints = journeys.codes.phase, journeys.codes.touchpoint
    taken = [
        Step(
            int(bucket.time[row]),
            _text(phases, bucket.phase[row]),
            _text(touchpoints, bucket.touchpoint[row]),
        )
        for _, bucket, rows in _places(journeys, customers)
        for row in range(max(rows.start, rows.stop - limit), rows.stop)
    ]
    return sorted(taken, key=lambda step: step.at)[-limit:]


def _text(names: tuple[str, ...], code: int) -> str:
    return names[code] if code >= 0 else ""


def _places(journeys: "Journeys", customers: Iterable[int]) -> Iterator[tuple[int, "Bucket", slice]]:
    """Each customer that the index has, with its bucket and the rows there."""
    keys = sorted(set(customers))
    if not keys or not len(journeys):
        return
    homes = bucket_of(np.array(keys, np.int64), len(journeys)).tolist()
    for key, home in zip(keys, homes, strict=True):
        bucket = journeys.bucket(home)
        first, last = np.searchsorted(bucket.customer, [key, key + 1] if key < 2**63 - 1 else [key, key])
        if key == 2**63 - 1:
            last = bucket.n_events
        if last > first:
            yield key, bucket, slice(int(first), int(last))
