"""Addresses of the lists of customers behind single cells; empty for people who may not see customers.

What the page was asked for is in the desk's links already, so an address says only which cell it is.
"""

from collections.abc import Sequence
from urllib.parse import quote, unquote

from django.urls import reverse

from viaggio.web.shared.desk import Desk

CREDIT, RETURN, PATH, PART, LOST = "credit", "return", "path", "part", "lost"
BETWEEN = "|"
NAMES = ("cell", "place", "model", "cohort", "age", "repeats")
"""The parts of such an address."""


def credit_link(desk: Desk, place: str | None, model: str) -> str:
    """Those with a conversion that owes something to a place by a model."""
    return _link(desk, cell=CREDIT, place=place or "", model=model)


def return_link(desk: Desk, cohort: str | None, age: int | None = None) -> str:
    """Those of a cohort who are back so many periods on; without an age the whole cohort."""
    if cohort is None:
        return ""
    return _link(desk, cell=RETURN, cohort=cohort, age="" if age is None else str(age))


def path_link(desk: Desk, places: Sequence[str | None], *, part: bool = False, **more: str) -> str:
    """Those who take a path, or do a part of one anywhere; `more`: where the page was not asked for paths."""
    way = BETWEEN.join(quote(p or "", safe="") for p in places)
    return _link(desk, cell=PART if part else PATH, place=way, **more)


def loop_link(desk: Desk, place: str | None, via: str | None, length: int, by: str) -> str:
    """Those who repeat a step at once, or come back to it after another; longer loops have no list."""
    if length == 1:
        return path_link(desk, (place, place), part=True, by=by, repeats="yes")
    return path_link(desk, (place, via, place), part=True, by=by) if length == 2 else ""


def lost_link(desk: Desk, place: str | None) -> str:
    """Those who are not back in time after a place."""
    return _link(desk, cell=LOST, place=place or "")


def places_of(text: str) -> tuple[str | None, ...]:
    """The places of a path in an address."""
    return tuple(unquote(part) or None for part in text.split(BETWEEN))


def _link(desk: Desk, **said: str) -> str:
    return desk.filters.to(reverse("journey:customers"), **said) if desk.sees_customers else ""
