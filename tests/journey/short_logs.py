"""Short logs made by chance for questions on who goes on, and their interactions as plain lists."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.where import Where

HOUR = 3_600_000_000
DAY = 24 * HOUR
SPRING, AUTUMN = 1_774_746_000_000_000, 1_792_890_000_000_000  # the clocks of Rome change in 2026
CODES = Codes(
    touchpoint=("ad", "site", "basket", "order", "call"),
    channel=("web", "phone"),
    phase=("care", "discovery", "purchase"),
)
COLUMNS = ("customer", "time", "touchpoint", "channel", "phase")
BUCKETS = st.sampled_from([1, 7, 64])


class Seen(NamedTuple):
    """One interaction; None for a value that is missing."""

    customer: int
    time: int
    key: int
    touchpoint: str | None
    channel: str | None
    phase: str | None


@dataclass(frozen=True)
class ShortLog:
    """Rows in random order; the key is unique and says nothing about the place in the list."""

    rows: tuple[tuple[int, ...], ...]

    def journeys(self, buckets: int) -> MemoryJourneys:
        table = np.array(self.rows, dtype=np.int64).reshape(-1, len(COLUMNS))
        columns = dict(zip(COLUMNS, table.T, strict=True))
        keys = np.array([_key(place) for place in range(len(self.rows))], dtype=np.int64)
        return memory_journeys(columns | {"key": keys}, CODES, buckets=buckets)

    def by_customer(self, where: Where) -> dict[int, list[Seen]]:
        """Each customer's interactions that the filter lets through, in order."""
        seen: dict[int, list[Seen]] = {}
        rows = [
            Seen(
                row[0],
                row[1],
                _key(place),
                *(_text(*pair) for pair in zip(COLUMNS[2:], row[2:], strict=True)),
            )
            for place, row in enumerate(self.rows)
        ]
        for row in sorted(rows, key=lambda r: (r.time, r.key)):
            if _through(where, row):
                seen.setdefault(row.customer, []).append(row)
        return seen


def _key(place: int) -> int:
    return (place * 7919) % 10007 - 5000


def _text(column: Any, code: int) -> str | None:
    return None if code < 0 else CODES.of(column)[code]


def _through(where: Where, row: Seen) -> bool:
    if where.period_micros is not None and not where.period_micros[0] <= row.time < where.period_micros[1]:
        return False
    if where.touchpoints is not None and row.touchpoint not in where.touchpoints:
        return False
    return where.channels is None or row.channel in where.channels


# Few moments, so that ties and spans of exactly a window are common; days around both changes of clocks.
TIMES = st.sampled_from(
    [
        start + hours * HOUR
        for start in (SPRING, AUTUMN)
        for hours in (-30, -1, 0, 1, 2, 23, 24, 25, 47, 49, 72, 170)
    ]
    + [SPRING + 1, SPRING + DAY * 40, AUTUMN + DAY * 400]
)
# Mostly one customer and few touchpoints, and often many rows: long journeys are what may go wrong.
EVENTS = st.tuples(
    st.sampled_from([0, 0, 0, 1, -1]),
    TIMES,
    st.sampled_from([0, 1, 2, 0, 1, 2, 3, 4, -1]),
    st.sampled_from([0, 0, 1, -1]),
    st.sampled_from([1, 1, 2, 0, -1]),
)
LOGS = (st.lists(EVENTS, max_size=8) | st.lists(EVENTS, min_size=10, max_size=18)).map(
    lambda rows: ShortLog(tuple(rows))
)
SOME_WHERES = st.just(Where()) | st.builds(
    Where,
    period_micros=st.none() | st.tuples(TIMES, TIMES),
    touchpoints=st.none() | st.lists(st.sampled_from([*CODES.touchpoint, "fax"]), min_size=2).map(tuple),
    channels=st.none() | st.lists(st.sampled_from(CODES.channel)).map(tuple),
)
