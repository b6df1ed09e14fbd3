"""Rows of journeys for programs, without the numbers of few customers where these may not be seen."""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from viaggio.web.shared.withheld import Sum, withheld

Row = dict[str, Any]

_NAMES = frozenset({"phase", "channel", "origin", "target", "step"})
"""Columns that say what a row is about; all others are numbers."""

_COUNTS = ("customers", "entries", "starts", "left")
"""Numbers of customers, or of what each of them did at least once, where a row has them."""


def told_rows(question: str, rows: list[Row], minimum: int) -> list[Row]:
    """The rows, each saying whether it is `hidden`: then its numbers are None.

    Hidden are rows of fewer than `minimum` customers, and more wherever sums would give these away.
    """
    hidden = _of_flow(rows, minimum) if question == "flow" else _of_list(rows, minimum)
    return [_told(row, number in hidden) for number, row in enumerate(rows)]


def _told(row: Row, hide: bool) -> Row:
    if hide:
        row = {name: value if name in _NAMES else None for name, value in row.items()}
    return row | {"hidden": hide}


def _of_list(rows: list[Row], minimum: int) -> frozenset[Hashable]:
    """Rows whose sum is taken as known: a single one would follow from the others."""
    counts = ([row[name] for name in _COUNTS if row.get(name)] for row in rows)
    cells: dict[Hashable, float] = {number: min(found, default=0) for number, found in enumerate(counts)}
    return withheld(cells, [Sum(None, tuple(cells))], minimum)


def _of_flow(rows: list[Row], minimum: int) -> frozenset[Hashable]:
    """Who comes to a place goes on from it or leaves; the places themselves are not told."""
    cells: dict[Hashable, float] = {number: row["customers"] for number, row in enumerate(rows)}
    onward: dict[Hashable, list[int]] = defaultdict(list)
    arriving: dict[Hashable, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        onward[row["step"], row["origin"]].append(number)
        arriving[row["step"] + 1, row["target"]].append(number)
    for ways in (arriving, onward):
        cells |= {place: sum(rows[number]["customers"] for number in ways[place]) for place in ways}
    sums = [Sum(place, tuple(moves)) for ways in (onward, arriving) for place, moves in ways.items()]
    sums.append(Sum(None, tuple(place for place in onward if place[0] == 1)))  # type: ignore[index]  # places are pairs
    places = frozenset(cells) - frozenset(range(len(rows)))
    return withheld(cells, sums, minimum, unsaid=places)
