"""Kinds of interactions, as a question names them: a step of a funnel, a goal, what counts as coming back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes
from viaggio.kernel import ViaggioError

Bits = npt.NDArray[np.int32]

MOST_KINDS = 30
"""Kinds that one question can tell apart: one bit each."""

_COLUMNS: tuple[tuple[str, Coded], ...] = (
    ("touchpoints", "touchpoint"),
    ("channels", "channel"),
    ("devices", "device"),
    ("phases", "phase"),
    ("moments", "moment"),
    ("outcomes", "outcome"),
)

_NAMES: dict[str, str] = {column: name for name, column in _COLUMNS}


class BadKind(ViaggioError):
    """A kind of interaction that can not be read, or names a value that the data does not have."""

    code = "journey.kind.bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionKind:
    """Interactions with one of these values in every column that is asked; None asks nothing of a column."""

    touchpoints: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    devices: tuple[str, ...] | None = None
    phases: tuple[str, ...] | None = None
    moments: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a text where several are meant, which would be taken letter by letter."""
        for field in fields(self):
            texts = getattr(self, field.name)
            if isinstance(texts, str):
                raise TypeError(f"{field.name} takes several texts: write ({texts!r},)")
            if texts is not None:
                object.__setattr__(self, field.name, tuple(texts))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read touchpoints `site,search`, or conditions that all hold: `phase=purchase;channel=web,app`.

        Raises `BadKind`.
        """
        if "=" not in text:
            return cls(touchpoints=_values(text, text))
        asked: dict[str, tuple[str, ...]] = {}
        for condition in text.split(";"):
            column, _, values = condition.partition("=")
            name = _NAMES.get(column.strip())
            if name is None or name in asked:
                raise BadKind(f"'{text}' is no kind of interaction", hint=_FORMS)
            asked[name] = _values(values, text)
        return cls(**asked)

    @property
    def label(self) -> str:
        """The values asked for, as text; `*` for every interaction."""
        return "; ".join(", ".join(texts) for _, texts in self.asked()) or "*"

    def asked(self) -> tuple[tuple[Coded, tuple[str, ...]], ...]:
        """The columns that are asked, with their values."""
        return tuple(
            (column, texts) for name, column in _COLUMNS if (texts := getattr(self, name)) is not None
        )


_FORMS = "Write touchpoints 'site,search', or conditions 'phase=purchase;channel=web,app'."

ANY = InteractionKind()
"""Every interaction."""

Kindly = str | Sequence[str] | InteractionKind
"""What is taken as a kind: its text, touchpoints, or itself."""


def _values(text: str, whole: str) -> tuple[str, ...]:
    values = tuple(value.strip() for value in text.split(","))
    if not all(values):
        raise BadKind(f"'{whole}' is no kind of interaction", hint=_FORMS)
    return values


def kind_of(given: Kindly) -> InteractionKind:
    """A kind from what is easily written; raises `BadKind`."""
    if isinstance(given, InteractionKind):
        return given
    return (
        InteractionKind.parse(given) if isinstance(given, str) else InteractionKind(touchpoints=tuple(given))
    )


def check_kinds(kinds: Iterable[InteractionKind], codes: Codes) -> None:
    """Raise `BadKind` for a value that the data does not have: a slip, more often than an empty answer."""
    for column, texts in (asked for kind in kinds for asked in kind.asked()):
        known = codes.of(column)
        for text in texts:
            if text not in known:
                near = get_close_matches(text, known, n=1)
                hint = (
                    f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(sorted(known)) or 'none'}."
                )
                raise BadKind(f"{column} '{text}' does not occur in the journeys", hint=hint)


@dataclass(frozen=True, slots=True, eq=False)
class KindBits:
    """How a walk learns the kinds of row i: `table[codes[i] + 1]`, and `& more[i]` where `more` has entries.

    Bit k is set where the row is of kind k.
    """

    codes: Array
    table: Bits
    more: Bits


def bits_of(kinds: Sequence[InteractionKind], bucket: Bucket, codes: Codes) -> KindBits:
    """The kinds of each row of a bucket: one look-up where they ask one column, an array where more."""
    if len(kinds) > MOST_KINDS:
        raise BadKind(f"{len(kinds)} kinds of interactions in one question", hint=f"At most {MOST_KINDS}.")
    asked: set[Coded] = {column for kind in kinds for column, _ in kind.asked()}
    columns: list[Coded] = [column for _, column in _COLUMNS if column in asked] or ["touchpoint"]
    tables = (_table(tuple(kinds), column, codes.of(column)) for column in columns)
    first, *others = zip(map(bucket.coded, columns), tables, strict=True)
    more = np.empty(0, np.int32)
    if others:
        more = np.full(bucket.n_events, -1, np.int32)
        for array, table in others:
            _narrow(more, array, table)
    return KindBits(*first, more)


@lru_cache(maxsize=64)
def _table(kinds: tuple[InteractionKind, ...], column: Coded, known: tuple[str, ...]) -> Bits:
    """Bits by code + 1: kind k lets the value through, or asks nothing of this column."""
    table = np.zeros(len(known) + 1, np.int32)
    for number, kind in enumerate(kinds):
        texts: Any = dict(kind.asked()).get(column)
        through = [texts is None, *(texts is None or text in texts for text in known)]
        table |= np.where(through, np.int32(1 << number), np.int32(0))
    table.flags.writeable = False  # every bucket of a question gets the same
    return table


@compiled
def _narrow(more: Bits, codes: Array, table: Bits) -> None:
    for i in range(len(more)):
        more[i] &= table[codes[i] + 1]
