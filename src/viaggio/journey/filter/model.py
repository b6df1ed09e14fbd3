"""Conditions on interactions, as frozen trees: what the filter language says once it is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from viaggio.kernel import Period
from viaggio.kernel.population import DIMENSIONS

Sign = Literal["<", "<=", "=", ">=", ">"]
Side = Literal["of", "after", "before"]

TEXTS = ("phase", "moment", "touchpoint", "channel", "device", "outcome")
"""Names whose values are texts in the journey index."""

NUMBERS = ("customer", "account")
"""Names whose values are keys, whole numbers."""

MONEY = ("value", "cost")
"""Names that are compared with an amount of money."""

LENGTHS = ("duration",)
"""Names that are compared with a length of time."""

PROPERTY = "property."
"""What stands before the name of a source's own column."""

NAMES = (*dict.fromkeys((*TEXTS, *DIMENSIONS, "city", *NUMBERS)), *MONEY, *LENGTHS)
"""All names of the language. What can be asked about some of them depends on where the filter is used."""


@dataclass(frozen=True, slots=True)
class Every:
    """Holds for every interaction."""


EVERY = Every()


@dataclass(frozen=True, slots=True)
class Among:
    """The value of a name is one of these; none of them lets nothing through. Order does not count."""

    name: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """One order for the same values, so that equal filters are equal."""
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))


@dataclass(frozen=True, slots=True)
class Missing:
    """The interaction has no value there."""

    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A number against a bound: money in cents, lengths of time in microseconds."""

    name: str
    sign: Sign
    bound: int


@dataclass(frozen=True, slots=True)
class During:
    """It began in these local days."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """How close in time: `micros`, and to what.

    With an `anchor`: some interaction under that condition, on that `side` of it; with `first`: the
    customer's first interaction of all; with neither: so many interactions within that time of one another.
    """

    micros: int
    anchor: "Condition | None" = None
    side: Side = "of"
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """Holds for all interactions of customers with at least `times` interactions under `what`.

    `during` says when those interactions began. The whole journey counts, not what the rest of a filter
    leaves of it.
    """

    what: "Condition"
    times: int = 1
    within: Within | None = None
    during: Period | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where the condition does not; a missing value does not hold, so its opposite does."""

    what: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of several conditions; made by `all_of`."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One or more of several conditions; made by `any_of`."""

    parts: tuple["Condition", ...]


Condition = Every | Among | Missing | Compared | During | Did | Not | AllOf | AnyOf


def all_of(parts: Iterable[Condition]) -> Condition:
    """Conditions joined by *and*: nested ones flat, repeated ones once; `EVERY` of none."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, AllOf) else (part,)
    few = tuple(dict.fromkeys(part for part in flat if part != EVERY))
    return EVERY if not few else few[0] if len(few) == 1 else AllOf(few)


def any_of(parts: Iterable[Condition]) -> Condition:
    """Conditions joined by *or*, of which there is at least one: nested ones flat, repeated ones once."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, AnyOf) else (part,)
    few = tuple(dict.fromkeys(flat))
    return few[0] if len(few) == 1 else AnyOf(few)


def negated(what: Condition) -> Condition:
    """The opposite."""
    return what.what if isinstance(what, Not) else Not(what)


def conditions(condition: Condition) -> Iterator[Condition]:
    """This condition and all inside it."""
    yield condition
    for inner in _inner(condition):
        yield from conditions(inner)


def _inner(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(what):
            return (what,)
        case Did(what=what, within=within):
            anchor = None if within is None else within.anchor
            return (what,) if anchor is None else (what, anchor)
        case _:
            return ()


def changed(condition: Condition, change: Callable[[Condition], Condition]) -> Condition:
    """The condition with each of its leaves put through `change`."""
    match condition:
        case AllOf(parts):
            return all_of(changed(part, change) for part in parts)
        case AnyOf(parts):
            return any_of(changed(part, change) for part in parts)
        case Not(what):
            return negated(changed(what, change))
        case Did(what=what, within=within):
            if within is not None and within.anchor is not None:
                within = replace(within, anchor=changed(within.anchor, change))
            return replace(condition, what=changed(what, change), within=within)
        case _:
            return change(condition)
