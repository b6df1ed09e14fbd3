"""Values of a TOML file by kind, each mistake with its place and the nearest right name."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from viaggio.kernel import BadMapping

_CHOICES = {
    "two_hours": ("earlier", "later", "reject"),
    "no_hour": ("shift", "reject"),
    "decimal": (".", ","),
    "unit": ("units", "cents"),
    "rounding": ("half_even", "half_up"),
    "file.format": ("csv", "excel", "parquet"),
}


def refuse_open(value: Any, place: str) -> None:
    """Refuse a `?` that a suggestion left to be answered."""
    if value == "?":
        raise BadMapping("a question is still open: '?'", place=place, hint="Put the answer in its place.")
    items = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    )
    for key, inner in items:
        refuse_open(inner, f"{place}.{key}" if place else str(key))


def only_known(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse a key that means nothing there."""
    for key in table:
        if key not in known:
            raise BadMapping(f"'{key}' is not known", place=place, hint=nearest(key, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint: the names most like it, or all there are."""
    known = list(known)
    near = get_close_matches(name, known, n=2, cutoff=0.5)
    return f"Did you mean '{"' or '".join(near)}'?" if near else f"Known: {', '.join(known)}."


def text_of(table: Mapping[str, Any], key: str, place: str) -> str:
    """A text, empty when left out."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadMapping(f"{key} must be a text in quotes", place=place)
    return value


def texts_of(table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """A list of texts, empty when left out."""
    values = list_of(table, key, place)
    if not all(isinstance(value, str) for value in values):
        raise BadMapping(f"{key} must be a list of texts in quotes", place=place)
    return tuple(values)


def list_of(table: Mapping[str, Any], key: str, place: str) -> list[Any]:
    """A list, empty when left out."""
    values = table.get(key, [])
    if not isinstance(values, list):
        raise BadMapping(f"{key} must be a list in [ ]", place=place)
    return values


def table_of(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    """A table, empty when left out."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise BadMapping(f"{key} must be a table", place=place)
    return value


def choice_of(table: Mapping[str, Any], name: str, place: str, *, key: str = "") -> str:
    """One of the texts that the key may hold, empty when left out."""
    value = text_of(table, name, place)
    choices = _CHOICES[key or name]
    if value and value not in choices:
        raise BadMapping(f"{name} '{value}' is not known", place=place, hint=nearest(value, choices))
    return value


def zone_of(name: str, place: str) -> str:
    """The name of a time zone that exists, or empty."""
    if name:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise BadMapping(
                f"'{name}' is no time zone", place=place, hint="Write Europe/Rome, UTC ..."
            ) from error
    return name
