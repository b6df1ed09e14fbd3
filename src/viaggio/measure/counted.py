"""Interactions and customers counted over the journey index: the rows that a measure gives, in one walk.

The walk goes over each bucket once for all spans and groups; a customer has all interactions in one bucket,
so that customers are counted where they are, without a set of them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from viaggio.journey.compiled import compiled, inlined
from viaggio.journey.groups import CustomerGroups
from viaggio.journey.index import Array, Bucket, Codes, Journeys, Whole, bucket_of
from viaggio.journey.where import Keep, Where, mask
from viaggio.measure.cuts import UNSTATED
from viaggio.measure.model import Cut, Spans

Rows = list[dict[str, Any]]

OF_INTERACTIONS = ("phase", "touchpoint", "channel", "device")
OF_CUSTOMERS = ("segment", "region")
COUNTABLE = frozenset((*OF_INTERACTIONS, *OF_CUSTOMERS, "function"))
"""Dimensions that the index tells, or that hang on its touchpoints and customers."""


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders of known customers, ascending by bucket, then customer: who bought is seen as well.

    `starts`: the first order of each bucket, and their number. `channel`: places in `channels`, -1 for none.
    """

    customer: Whole
    time: Whole
    channel: Whole
    channels: tuple[str, ...]
    starts: Whole

    @classmethod
    def of(cls, customer: Whole, time: Whole, channel: Sequence[str | None], buckets: int) -> "Orders":
        """Orders in any order; times are UTC microseconds."""
        texts = tuple(sorted({text for text in channel if text is not None}))
        places = {text: place for place, text in enumerate(texts)} | {None: -1}
        codes = np.array([places[text] for text in channel], np.int64)
        number = bucket_of(customer, buckets)
        order = np.lexsort((customer, number))
        starts = np.searchsorted(number[order], np.arange(buckets + 1))
        return cls(customer[order], time[order], codes[order], texts, starts)

    def of_bucket(self, number: int) -> slice:
        """Those of the customers of one bucket."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counting:
    """What is counted: the cut, the filter of its population, and what its dimensions hang on.

    `groups`: attributes of customers by name. `owners`: by touchpoint, the function that owns it. `orders`:
    who bought counts as a customer seen, None where only interactions do.
    """

    cut: Cut
    where: Where
    groups: Mapping[str, CustomerGroups]
    owners: Mapping[str, str]
    orders: Orders | None = None


MOST_CELLS = 2**20
"""Spans times groups that a walk has a counter for; a source may bring thousands of touchpoints."""


def counts(journeys: Journeys, asked: Counting, *, threads: int = 2) -> Rows | None:
    """One row per span and group that anybody is in: `interactions` and `people`, distinct customers.

    None where there could be more than `MOST_CELLS` of them.
    """
    codes, time = journeys.codes, _times(asked.cut.spans)
    texts = [_texts(name, asked, codes) for name in asked.cut.by]
    many = prod(len(known) for known in texts)
    if many * time.many > MOST_CELLS:
        return None

    def part(number: int) -> tuple[Whole, Whole]:
        return _counted(journeys.bucket(number), number, asked, codes, time, many)

    with ThreadPoolExecutor(threads, thread_name_prefix="count") as pool:
        parts = list(pool.map(part, range(len(journeys))))
    nothing = np.zeros((len(asked.cut.spans.periods), many), np.int64)
    interactions, people = (sum((one[which] for one in parts), nothing) for which in (0, 1))
    named = reduce(_with, zip(asked.cut.by, texts, strict=True), [dict[str, str]()])
    return [
        {"span": span, **named[cell], "interactions": int(interactions[span, cell]), "people": there}
        for span in range(len(people))
        for cell, there in enumerate(people[span].tolist())
        if there
    ]


def _with(before: list[dict[str, str]], more: tuple[str, tuple[str, ...]]) -> list[dict[str, str]]:
    name, texts = more
    return [{**groups, name: text} for groups in before for text in texts]


def _texts(name: str, asked: Counting, codes: Codes) -> tuple[str, ...]:
    """What a dimension can say: nothing first, at place 0."""
    if name in OF_CUSTOMERS:
        return (UNSTATED, *asked.groups[name].names)
    if name == "function":
        return (UNSTATED, *sorted(set(asked.owners.values())))
    of_orders = asked.orders.channels if asked.orders and name == "channel" else ()
    known: tuple[str, ...] = getattr(codes, name)
    return (UNSTATED, *known, *(text for text in of_orders if text not in known))


@dataclass(frozen=True, slots=True)
class _Times:
    """Time cut at every bound: `cuts` in UTC microseconds; the spans of segment i are `spans[first[i]:]`."""

    cuts: Whole
    first: Whole
    spans: Whole
    many: int


def _times(spans: Spans) -> _Times:
    cuts = sorted({bound for pair in spans.bounds for bound in pair})
    owners = [
        [i for i, (start, end) in enumerate(spans.bounds) if start <= low and high <= end]
        for low, high in pairwise(cuts)
    ]
    first = np.cumsum([0, *map(len, owners)])
    flat = np.array([span for owner in owners for span in owner], np.int64)
    return _Times(np.array(cuts, np.int64), first.astype(np.int64), flat, len(spans.periods))


def _counted(  # noqa: PLR0917 -- handed on by the one caller above
    bucket: Bucket, number: int, asked: Counting, codes: Codes, time: _Times, many: int
) -> tuple[Whole, Whole]:
    keep = mask(asked.where, bucket, codes)
    cells = _cells(bucket, asked, codes)
    customer, at, of = _bought(number, asked, codes)
    return _walk(
        bucket.time, cells, keep, bucket.customers, bucket.offsets, customer, at, of,
        time.cuts, time.first, time.spans, time.many, many,
    )  # fmt: skip


def _cells(bucket: Bucket, asked: Counting, codes: Codes) -> Whole:
    """The cell of each row of the bucket; empty where there is one cell only."""
    cells: Whole = np.empty(0, np.int64)
    for name in asked.cut.by:
        of = _of_rows(name, bucket, asked, codes)
        cells = cells * len(_texts(name, asked, codes)) + of if len(cells) else of
    return cells


def _of_rows(name: str, bucket: Bucket, asked: Counting, codes: Codes) -> Whole:
    """Each row's place among the texts of a dimension."""
    if name in OF_CUSTOMERS:
        return asked.groups[name].of_rows(bucket).astype(np.int64) + 1
    if name == "function":
        texts = _texts(name, asked, codes)
        owners = [texts.index(asked.owners.get(text, UNSTATED)) for text in codes.touchpoint]
        return np.array([0, *owners], np.int64)[bucket.touchpoint.astype(np.int64) + 1]
    of: Array = getattr(bucket, name)
    return of.astype(np.int64) + 1


def _bought(number: int, asked: Counting, codes: Codes) -> tuple[Whole, Whole, Whole]:
    """Customer, time and cell of the orders of one bucket that the population holds."""
    orders = asked.orders
    if orders is None:
        return (np.empty(0, np.int64),) * 3
    mine = orders.of_bucket(number)
    customer, keep = orders.customer[mine], np.ones(mine.stop - mine.start, np.bool_)
    of = {name: _of_orders(name, mine, asked, codes) for name in asked.cut.dimensions}
    for name, values in asked.cut.population.key():
        texts = _texts(name, asked, codes)
        keep &= np.isin(of[name], [place for place, text in enumerate(texts) if text in values])
    cells = np.zeros(len(customer), np.int64)
    for name in asked.cut.by:
        cells = cells * len(_texts(name, asked, codes)) + of[name]
    return customer[keep], orders.time[mine][keep], cells[keep]


def _of_orders(name: str, mine: slice, asked: Counting, codes: Codes) -> Whole:
    """Each order's place among the texts of a dimension."""
    assert asked.orders is not None  # else nobody asks
    if name == "channel":
        texts = _texts(name, asked, codes)
        places = [texts.index(text) for text in asked.orders.channels]
        return np.array([*places, 0], np.int64)[asked.orders.channel[mine]]  # the last one is that of -1
    return asked.groups[name].of(asked.orders.customer[mine]).astype(np.int64) + 1


@inlined
def _segment(time: int, cuts: Whole) -> int:
    """The segment in which a time lies, -1 before the first and after the last."""
    found = int(np.searchsorted(cuts, time, "right")) - 1
    return found if found < len(cuts) - 1 else -1


@inlined
def _see(  # noqa: PLR0917 -- columns, as they are compiled
    segment: int, cell: int, who: int, first: Whole, spans: Whole, last: Whole, people: Whole
) -> None:
    """Somebody is in a cell in the spans of a segment: counted where the last one met there is another."""
    for o in range(first[segment], first[segment + 1]):
        if last[spans[o], cell] != who:
            last[spans[o], cell] = who
            people[spans[o], cell] += 1


@compiled
def _buyer(  # noqa: PLR0917 -- columns, as they are compiled
    order: int, who: int, bought: Whole, at: Whole, cells: Whole,
    cuts: Whole, first: Whole, spans: Whole, last: Whole, people: Whole,
) -> int:  # fmt: skip
    """See the buyer of an order in all orders of the same customer; the first order of the next one."""
    buyer = bought[order]
    while order < len(bought) and bought[order] == buyer:
        segment = _segment(at[order], cuts)
        if segment >= 0:
            _see(segment, cells[order], who, first, spans, last, people)
        order += 1
    return order


@compiled
def _walk(  # noqa: PLR0917 -- columns, as they are compiled
    time: Whole, cells: Whole, keep: Keep, customers: Whole, offsets: Whole,
    bought: Whole, at: Whole, bought_cells: Whole,
    cuts: Whole, first: Whole, spans: Whole, n_spans: int, n_cells: int,
) -> tuple[Whole, Whole]:  # fmt: skip
    rows = np.zeros((n_spans, n_cells), np.int64)
    people = np.zeros((n_spans, n_cells), np.int64)
    last = np.full((n_spans, n_cells), -1, np.int64)
    order = 0
    for c in range(len(customers)):
        while order < len(bought) and bought[order] <= customers[c]:
            who = c if bought[order] == customers[c] else -2 - order  # a mark that no other buyer has
            order = _buyer(order, who, bought, at, bought_cells, cuts, first, spans, last, people)
        segment = -1
        for i in range(offsets[c], offsets[c + 1]):
            if len(keep) > 0 and not keep[i]:
                continue
            if segment < 0 or time[i] >= cuts[segment + 1]:
                segment = _segment(time[i], cuts)
            if segment < 0:
                continue
            cell = cells[i] if len(cells) > 0 else 0
            for o in range(first[segment], first[segment + 1]):
                rows[spans[o], cell] += 1
            _see(segment, cell, c, first, spans, last, people)
    while order < len(bought):
        order = _buyer(order, -2 - order, bought, at, bought_cells, cuts, first, spans, last, people)
    return rows, people
