"""Questions with blanks: those of one shape differ only in the bounds of time and the values of filters.

Such a question is translated once and then asked with other values. The values are variables of the engine
that the question names, each a list: they are never part of its text.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import ibis

from viaggio.measure.model import Cut, Spans

SLOT = "asked"
"""The first part of the names of all variables."""

_SIZES = (1, 4, 48, 160)
"""Into so many segments time is cut, so that periods with a few bins more or less have one shape."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(micros: int) -> datetime:
    """The aware datetime of UTC microseconds."""
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, slots=True)
class Segments:
    """Time cut at every bound of some spans: `cuts` in UTC microseconds, and the spans of each segment.

    Of spans with blanks there are some empty segments more, at the end and of no span.
    """

    cuts: tuple[int, ...]
    owners: tuple[tuple[int, ...], ...]

    @property
    def apart(self) -> bool:
        """Whether no two spans overlap."""
        return all(len(owner) <= 1 for owner in self.owners)

    @property
    def labels(self) -> tuple[int | None, ...]:
        """The one span of each segment, of spans apart."""
        return tuple(owner[0] if owner else None for owner in self.owners)

    @property
    def pairs(self) -> list[dict[str, int]]:
        """Every segment with every span that holds it."""
        return [{"piece": i, "span": span} for i, owner in enumerate(self.owners) for span in owner]


@lru_cache(maxsize=256)
def segments(spans: Spans) -> Segments:
    """Time cut at every bound of the spans."""
    bounds = spans.bounds
    cuts = sorted({bound for pair in bounds for bound in pair})
    owners = [
        tuple(i for i, (start, end) in enumerate(bounds) if start <= first and second <= end)
        for first, second in pairwise(cuts)
    ]
    if spans.slot:
        more = next((size for size in _SIZES if size >= len(owners)), len(owners)) - len(owners)
        cuts += cuts[-1:] * more
        owners += [()] * more
    return Segments(tuple(cuts), tuple(owners))


def span_rows(spans: Spans, inactive_days: int) -> list[dict[str, Any]]:
    """One row per span: `span`, `starts`, `ends`, and both less `inactive_days` days."""
    back = inactive_days * 86_400_000_000
    return [
        {
            "span": i,
            "starts": instant(start),
            "ends": instant(end),
            "starts_back": instant(start - back),
            "ends_back": instant(end - back),
        }
        for i, (start, end) in enumerate(spans.bounds)
    ]


def written(slot: str, name: str, value: Any, kind: str) -> Any:
    """A value in a question: itself, or the variable that holds it where the question has blanks."""
    return _variable(kind)(f"{slot}_{name}") if slot else ibis.literal(value, type=kind)


def each_written(slot: str, name: str, values: Sequence[Any], kind: str) -> list[Any]:
    """The values of a list one by one, as `written`."""
    if not slot:
        return [ibis.literal(value, type=kind) for value in values]
    held = _variable(f"array<{kind}>")(f"{slot}_{name}")
    return [held[i] for i in range(len(values))]


@cache
def _variable(kind: str) -> Any:
    """DuckDB's function that gives the value of a session's variable, taken for one of this type."""

    def held(variable: str) -> Any:
        """Never called: the engine has it."""

    return ibis.udf.scalar.builtin(held, name="getvariable", signature=(("string",), kind))


def blank(cut: Cut) -> Cut:
    """The cut whose values are left open."""
    return replace(cut, spans=replace(cut.spans, slot=SLOT))


def shape(cut: Cut, *, looks_back: bool = False) -> Hashable:
    """Equal for cuts whose questions with blanks have the same text; `looks_back` as the metric does."""
    spans = blank(cut).spans
    read = (spans, spans.previous()) if looks_back else (spans,)
    times = [(len(found.owners), found.apart) for found in map(segments, read)]
    whom = tuple((name, len(values)) for name, values in cut.population.key())
    return (*times, cut.by, whom, cut.present, cut.people, cut.about)


def values(cut: Cut) -> dict[str, Any]:
    """What fills the blanks of a cut, by the name of the variable; lists of texts, numbers and instants."""
    spans = blank(cut).spans
    held: dict[str, Any] = dict(_times(spans, cut.inactive_days))
    held.update((f"{SLOT}_{name}", list(wanted)) for name, wanted in cut.population.key())
    return held


@lru_cache(maxsize=256)
def _times(spans: Spans, inactive_days: int) -> MappingProxyType[str, Any]:
    held: dict[str, Any] = {f"{spans.slot}_spans": span_rows(spans, inactive_days)}
    for some in (spans, spans.previous()):
        found = segments(some)
        held[f"{some.slot}_cuts"] = [instant(cut) for cut in found.cuts]
        held[f"{some.slot}_labels"] = list(found.labels)
        held[f"{some.slot}_pairs"] = found.pairs
    return MappingProxyType(held)
