"""Drop-off: the touchpoints after which customers do not come back, and those who may come back yet."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from viaggio.estimate import wilson
from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.where import Keep

_INTERACTIONS, _FOLLOWED, _LATER, _NEVER, _OPEN, _CUSTOMERS, _BASE, _LL, _BB, _LB = range(10)
_COUNTS = 10


@dataclass(frozen=True, slots=True)
class DropOffPlace:
    """One touchpoint (or channel, phase). interactions = followed + later + never + open.

    `followed`: the customer's next interaction comes within the window; `later`: it comes after it; `never`:
    none came, and the window is over; `open`: the window is not over yet, whatever came in it. `rate`:
    (later + never) / (interactions - open), with an interval that knows that a customer's interactions are
    alike. `dead_end`: even its lower end lies above the rate of all touchpoints together.
    """

    name: str | None
    interactions: int
    customers: int
    followed: int
    later: int
    never: int
    open: int
    rate: float | None
    low: float | None
    high: float | None
    dead_end: bool


@dataclass(frozen=True, slots=True)
class DropOff:
    """All places, those that lose most customers first.

    `rate`: of all together, with an interval that knows that a customer's interactions are alike.
    """

    by: Coded
    within_seconds: float
    customers: int
    interactions: int
    rate: float | None
    places: tuple[DropOffPlace, ...]
    low: float | None = None
    high: float | None = None

    def table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.places, DropOffPlace)


@dataclass(frozen=True, slots=True, eq=False)
class DropOffPart:
    """Counts by place, among them customers with a base, and sums of squares over customers.

    `overall`: of all places together the customers with a base and their sums of squares.
    """

    customers: int
    counts: Whole  # places x _COUNTS
    overall: Whole  # base, lost^2, base^2, lost base


@compiled
def _walk(  # noqa: PLR0917 -- columns, as they are compiled
    codes: Array, time: Whole, offsets: Whole, keep: Keep, n: int, within: int, until: int
) -> tuple[int, Whole, Whole]:
    masked = len(keep) > 0
    counts = np.zeros((n, _COUNTS), np.int64)
    own = np.zeros((n, 2), np.int64)  # lost and base of this customer
    met = np.full(n, -1, np.int64)
    visited = np.empty(n, np.int64)  # the places of this customer
    overall = np.zeros(4, np.int64)
    customers = 0
    for c in range(len(offsets) - 1):
        before = -1
        since = 0
        places = 0
        end = offsets[c + 1]
        for i in range(offsets[c], end + 1):
            if i < end and masked and not keep[i]:
                continue
            if before >= 0:
                counts[before, _INTERACTIONS] += 1
                if met[before] != c:
                    met[before] = c
                    visited[places] = before
                    places += 1
                if until - since <= within:
                    counts[before, _OPEN] += 1
                else:
                    lost = i == end or time[i] - since > within
                    own[before, 0] += lost
                    own[before, 1] += 1
                    outcome = _FOLLOWED
                    if lost:
                        outcome = _NEVER if i == end else _LATER
                    counts[before, outcome] += 1
            if i < end:
                before = int(codes[i]) + 1
                since = int(time[i])
        customers += before >= 0
        all_lost = all_base = 0
        for k in range(places):
            here = visited[k]
            lost_here, base = own[here, 0], own[here, 1]
            counts[here, _CUSTOMERS] += 1
            counts[here, _BASE] += base > 0
            counts[here, _LL] += lost_here * lost_here
            counts[here, _BB] += base * base
            counts[here, _LB] += lost_here * base
            all_lost += lost_here
            all_base += base
            own[here] = 0
        overall[0] += all_base > 0
        overall[1] += all_lost * all_lost
        overall[2] += all_base * all_base
        overall[3] += all_lost * all_base
    return customers, counts, overall


@dataclass(frozen=True, slots=True)
class DropOffKernel:
    """Interactions not followed by another one of the customer within `within_micros` (exactly so long is).

    `until_micros`: the moment up to which interactions are known.
    """

    until_micros: int
    within_micros: int
    by: Coded = "touchpoint"

    def __post_init__(self) -> None:
        """Raise `ValueError` for a time shorter than none."""
        if self.within_micros < 0:
            raise ValueError(f"who comes back takes 0 or more, not {self.within_micros} microseconds")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> DropOffPart:
        """Counts of one bucket."""
        n = len(codes.of(self.by)) + 1
        columns = bucket.coded(self.by), bucket.time, bucket.offsets, keep
        return DropOffPart(*_walk(*columns, n, self.within_micros, self.until_micros))

    def merge(self, one: DropOffPart, other: DropOffPart) -> DropOffPart:
        """Sums: no customer is in both."""
        return DropOffPart(
            one.customers + other.customers, one.counts + other.counts, one.overall + other.overall
        )

    def finish(self, part: DropOffPart, codes: Codes) -> DropOff:
        """With names and intervals."""
        whole = part.counts.sum(axis=0)
        base, lost = int(whole[_INTERACTIONS] - whole[_OPEN]), int(whole[_LATER] + whole[_NEVER])
        rate = lost / base if base else None
        with_base, *squares = part.overall.tolist()
        known = names(codes.of(self.by))
        places = [
            _place(known[i], part.counts[i].tolist(), rate)
            for i in np.flatnonzero(part.counts[:, _INTERACTIONS])
        ]
        return DropOff(
            self.by,
            self.within_micros / 1_000_000,
            part.customers,
            int(whole[_INTERACTIONS]),
            rate,
            tuple(sorted(places, key=lambda p: (-(p.later + p.never), rank(p.name)))),
            *clustered_wilson(lost, base, with_base, (squares[0], squares[1], squares[2])),
        )


def _place(name: str | None, counts: list[int], overall: float | None) -> DropOffPlace:
    lost, base = counts[_LATER] + counts[_NEVER], counts[_INTERACTIONS] - counts[_OPEN]
    low, high = clustered_wilson(lost, base, counts[_BASE], (counts[_LL], counts[_BB], counts[_LB]))
    return DropOffPlace(
        name,
        counts[_INTERACTIONS],
        counts[_CUSTOMERS],
        counts[_FOLLOWED],
        counts[_LATER],
        counts[_NEVER],
        counts[_OPEN],
        lost / base if base else None,
        low,
        high,
        low is not None and overall is not None and low > overall,
    )


def clustered_wilson(
    hits: int, n: int, customers: int, squares: tuple[int, int, int]
) -> tuple[float | None, float | None]:
    """Interval of hits / n observed on customers with several interactions each; None, None for n = 0.

    Wilson's interval at the effective size p (1 - p) / v, not above n, where v is the variance of the ratio
    over customers (Cochran 1977, 6.3; the effective size after Korn and Graubard 1998). `squares`: sums over
    customers of hits^2, n^2, hits n. Where no spread is seen, a customer counts as one observation.
    """
    if not n:
        return None, None
    p = hits / n
    size = float(customers)
    hh, nn, hn = squares
    residual = hh - 2 * p * hn + p * p * nn
    if customers > 1 and 0 < hits < n and residual > 0:
        variance = customers / (customers - 1) * residual / n**2
        size = min(p * (1 - p) / variance, float(n))
    return wilson(p * size, size) if 0 < hits < n else wilson(0 if hits == 0 else size, size)
