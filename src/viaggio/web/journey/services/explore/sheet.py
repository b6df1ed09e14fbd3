"""A table of the explorer: the same cells on the page and, as plain values, in its file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from viaggio.estimate.contrast import Contrast
from viaggio.journey.spread import Spread
from viaggio.web.journey.services.files import File
from viaggio.web.shared import formats

SHOWN = 20
"""Rows of a table on the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: as text, as a program wants it, and where it leads; a note stands beside it or `below`."""

    text: str
    plain: object
    href: str = ""
    note: str = ""
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under columns; the first cell names the row. `key` names the file and the table in the address.

    `columns`: heading, name in the file. `more`: file columns that the page leaves out, cells at the end.
    """

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[tuple[Cell, ...]]
    lead: str = ""
    empty: str = ""
    more: tuple[str, ...] = ()

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """The headings, and whether numbers stand below."""
        return [(heading, self._numeric(i)) for i, (heading, _name) in enumerate(self.columns)]

    @property
    def shown(self) -> list[list[tuple[Cell, bool]]]:
        """The first rows as far as the page shows them, each cell with whether its column holds numbers."""
        numeric = [number for _heading, number in self.heads]
        return [list(zip(row[: len(numeric)], numeric, strict=True)) for row in self.rows[:SHOWN]]

    @property
    def left_out(self) -> int:
        """Rows that are in the file only."""
        return max(len(self.rows) - SHOWN, 0)

    def _numeric(self, column: int) -> bool:
        return column > 0 and not any(isinstance(row[column].plain, str) for row in self.rows)

    @property
    def file(self) -> File:
        """The rows for a spreadsheet."""
        names = (*(name for _heading, name in self.columns), *self.more)
        return File(names, [tuple(cell.plain for cell in row) for row in self.rows], f"journeys {self.key}")


def hidden_cell(desk_minimum: int) -> Cell:
    """A cell of so few customers that it is shown only to people who may see customers."""
    return Cell("·", None, note=_("fewer than %(n)d customers") % {"n": desk_minimum})


def count_cell(n: int, minimum: int, href: str = "") -> Cell:
    """A number of customers; hidden where it is small and not nothing."""
    return hidden_cell(minimum) if 0 < n < minimum else Cell(formats.number(n), n, href)


def told_cell(n: float, minimum: int, *, told: bool, decimals: int = 0) -> Cell:
    """A number of customers where it is told; a dot where it is small, or a small one would follow."""
    if told:
        return Cell(formats.number(n, decimals), n)
    return hidden_cell(minimum) if 0 < n < minimum else Cell("·", None, note=_("not told"))


def share_cell(value: float | None, low: float | None, high: float | None, *, hide: bool = False) -> Cell:
    """A share with its interval; a dash without a base."""
    if value is None or hide:
        return Cell("–", None)
    return Cell(formats.share(value), value, note=interval_words(low, high))


def interval_words(low: float | None, high: float | None) -> str:
    """The interval of a share: "38,1%–41,9%"; empty where there is none."""
    return "" if low is None or high is None else f"{formats.share(low)}–{formats.share(high)}"


def span_words(low: str, high: str) -> str:
    """An interval whose ends have signs."""
    return _("from %(low)s to %(high)s") % {"low": low, "high": high}


def contrast_cell(found: Contrast | None, say: Callable[[float], str], unit: float = 1) -> Cell:
    """A difference with its interval; `unit`: what one is in the file."""
    if found is None:
        return Cell(formats.NO_VALUE, None)
    note = "" if found.low is None or found.high is None else span_words(say(found.low), say(found.high))
    return Cell(say(found.value), found.value * unit, note=note, below=True)


def contrast_ends(found: Contrast | None, unit: float = 1) -> tuple[Cell, Cell]:
    """The ends of its interval, for the file."""
    low, high = (None, None) if found is None else (found.low, found.high)
    return Cell("", None if low is None else low * unit), Cell("", None if high is None else high * unit)


FINEST = 1.05
"""Seconds below which times are counted together (see `journey.spread`)."""


def span_of_time(seconds: float) -> str:
    """A length of time; what is shorter than times are told apart is said to be so."""
    return f"≤{formats.NARROW}{formats.duration(1)}" if 0 < seconds < FINEST else formats.duration(seconds)


def time_cell(time: Spread, *, hide: bool = False) -> Cell:
    """The median of times with its interval; seconds in the file."""
    if time.median_seconds is None or hide:
        return Cell("–", None)
    return Cell(span_of_time(time.median_seconds), time.median_seconds, note=times_words(time), below=True)


def time_ends(time: Spread, *, hide: bool = False) -> tuple[Cell, Cell]:
    """The ends of the median's interval, for the file."""
    low, high = (None, None) if hide else (time.median_low_seconds, time.median_high_seconds)
    return Cell("", low), Cell("", high)


def times_words(time: Spread) -> str:
    """The interval of the median: "8 min–10 min"; empty where there is none, or nothing to tell apart."""
    low, high = time.median_low_seconds, time.median_high_seconds
    if low is None or high is None or high < FINEST:
        return ""
    return f"{formats.duration(low)}–{formats.duration(high)}"
