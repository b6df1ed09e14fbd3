"""What a version says otherwise than the one before: place by place, lines by their measure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viaggio.incentive.plan.document import canonical

OWN_NAMES = frozenset({"version", "author", "approver", "published"})  # differ in every version, say nothing


@dataclass(frozen=True, slots=True)
class Change:
    """A place with what stood there and what stands there now; empty where nothing stood."""

    place: str
    before: str
    now: str


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """All differences between two plan documents, in the order of the newer one."""
    old, new = (dict(_leaves("", document)) for document in (before, now))
    places = [*new, *(place for place in old if place not in new)]
    return [
        Change(place, old.get(place, ""), new.get(place, ""))
        for place in places
        if old.get(place, "") != new.get(place, "")
    ]


def _leaves(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, entry in value.items():
            if place or name not in OWN_NAMES:
                yield from _leaves(f"{place}.{name}" if place else str(name), entry)
    elif (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and any(isinstance(e, Mapping) for e in value)
    ):
        for index, entry in enumerate(value):
            yield from _leaves(f"{place}[{_name(entry, index)}]", entry)
    else:
        yield place, value if isinstance(value, str) else canonical(value).replace('"', "")


def _name(entry: Any, index: int) -> str:
    """A line is known by its measure, a gate by its condition, whatever else by its number."""
    if isinstance(entry, Mapping):
        return str(entry.get("measure") or entry.get("if") or index)
    return str(index)
