"""How long customers stay in a phase, wait before the next one, and spend in a session."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.journey.kernels.sessions import SessionGroup, Sessions
from viaggio.journey.kernels.step_times import Stay, StepTimes, Wait
from viaggio.journey.spread import Spread
from viaggio.web.journey.services.explore.asking import answer
from viaggio.web.journey.services.explore.cell_links import path_link
from viaggio.web.journey.services.explore.sheet import (
    FINEST,
    Cell,
    Sheet,
    hidden_cell,
    span_of_time,
    time_cell,
    time_ends,
)
from viaggio.web.journey.services.explore.table_page import TablePage, changed_only, chosen, select
from viaggio.web.journey.services.explore.words import place_words
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name
from viaggio.web.shared.withheld import Sum, is_small, withheld

BY = ("phase", "touchpoint", "channel")
GAPS = ("30", "15", "60", "120")
USUAL = {"by": "phase", "gap": "30"}
ENDS = ("median_low_seconds", "median_high_seconds", "p25_seconds", "p75_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesAsked:
    """Times between what, and after how many minutes of silence a session has ended."""

    by: str
    gap: str

    @classmethod
    def of(cls, query: QueryDict) -> "TimesAsked":
        """Read kindly."""
        return cls(by=chosen(query, "by", BY), gap=chosen(query, "gap", GAPS))

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"by": self.by, "gap": self.gap}, USUAL)


def times_page(desk: Desk, asked: TimesAsked) -> TablePage:
    """The page under the desk's filters."""
    gaps = {
        gap: ngettext("%(n)d minute", "%(n)d minutes", int(gap)) % {"n": int(gap)}
        for gap in sorted(GAPS, key=int)
    }
    page = TablePage(
        asks=[
            select("by", _("Between"), asked.by, {by: dimension_name(by) for by in BY}),
            select("gap", _("A session ends after"), asked.gap, gaps),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: TimesAsked) -> TablePage:
    spent: Sessions = answer(desk, "sessions", gap_minutes=float(asked.gap))
    if not spent.customers or spent.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    found: StepTimes = answer(desk, "step_times", by=asked.by)
    base = _("%(n)s interactions of %(c)s customers in %(s)s sessions.") % {
        "n": formats.number(spent.interactions),
        "c": formats.number(spent.customers),
        "s": formats.number(spent.sessions),
    }
    sheets = (waits_sheet(desk, asked, found), stays_sheet(desk, asked, found), sessions_sheet(desk, spent))
    return replace(page, base=base, sheets=sheets)


def hidden_rows(counts: Sequence[tuple[int, ...]], minimum: int) -> frozenset[Hashable]:
    """Rows with few of any count, of which customers are the first; more where one would follow from all."""
    cells: dict[Hashable, float] = {}
    for number, held in enumerate(counts):
        few = any(is_small(n, minimum) for n in held)
        cells[number] = minimum - 1 if few else max(held[0], minimum)
    return withheld(cells, [Sum(None, tuple(cells))], minimum)


def _figures(customers: int, times: int, time: Spread) -> tuple[Cell, ...]:
    """The median with its interval, the middle half, customers, how often; then ends for the file."""
    low, high = time.p25_seconds, time.p75_seconds
    middle = "–" if low is None or high is None else f"{span_of_time(low)}–{span_of_time(high)}"
    if high is not None and high < FINEST:
        middle = span_of_time(high)
    return (
        time_cell(time),
        Cell(middle, None if low is None or high is None else high - low),
        Cell(formats.number(customers), customers),
        Cell(formats.number(times), times),
        *time_ends(time),
        Cell("", low),
        Cell("", high),
    )


def _untold(desk: Desk, *names: Cell) -> tuple[Cell, ...]:
    """A row that says only what it is about."""
    dots = (Cell("·", None) for _cell in range(3))
    return (*names, hidden_cell(desk.minimum), *dots, *(Cell("", None) for _cell in ENDS))


def _columns(*names: tuple[str, str], times: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (
        *names, (_("Median time"), "median_seconds"), (_("Middle half"), "middle_seconds"),
        (_("Customers"), "customers"), times,
    )  # fmt: skip


def waits_sheet(desk: Desk, asked: TimesAsked, found: StepTimes) -> Sheet:
    """One row per move from one place to another; each leads to the customers who make it."""
    hidden = hidden_rows([(w.customers,) for w in found.waits], desk.minimum)

    def row(number: int, wait: Wait) -> tuple[Cell, ...]:
        way = (wait.origin, wait.target)
        first, second = (Cell(place_words(desk, name, asked.by), name or "") for name in way)
        if number in hidden:
            return _untold(desk, first, second)
        first = replace(first, href=path_link(desk, way, part=True, by=asked.by))
        return (first, second, *_figures(wait.customers, wait.moves, wait.time))

    ordered = sorted(enumerate(found.waits), key=lambda at: -at[1].moves if at[0] not in hidden else 0)
    return Sheet(
        key="waits",
        title=_("Time between one and the next"),
        lead=_(
            "From the last interaction in one to the first in the next. Small: the interval of the median at "
            "95%, which holds whatever the times of one customer have in common."
        ),
        columns=_columns((_("From"), "origin"), (_("To"), "target"), times=(_("Times"), "moves")),
        rows=[row(*at) for at in ordered],
        more=ENDS,
    )


def stays_sheet(desk: Desk, asked: TimesAsked, found: StepTimes) -> Sheet:
    """One row per place; each leads to the customers who were there."""
    hidden = hidden_rows([(s.customers,) for s in found.stays], desk.minimum)

    def row(number: int, stay: Stay) -> tuple[Cell, ...]:
        name = Cell(place_words(desk, stay.name, asked.by), stay.name or "")
        if number in hidden:
            return _untold(desk, name)
        name = replace(name, href=path_link(desk, (stay.name,), part=True, by=asked.by))
        return (name, *_figures(stay.customers, stay.stays, stay.time))

    return Sheet(
        key="stays",
        title=_("Time within one"),
        lead=_("From the first interaction there to the last before another; a single one takes no time."),
        columns=_columns((dimension_name(asked.by), asked.by), times=(_("Times"), "stays")),
        rows=[row(*at) for at in enumerate(found.stays)],
        more=ENDS,
    )


def sessions_sheet(desk: Desk, found: Sessions) -> Sheet:
    """One row per channel on which sessions begin."""
    hidden = hidden_rows([(group.customers,) for group in found.channels], desk.minimum)

    def row(number: int, group: SessionGroup) -> tuple[Cell, ...]:
        name = Cell(place_words(desk, group.channel, "channel"), group.channel or "")
        if number in hidden:
            return _untold(desk, name)
        return (name, *_figures(group.customers, group.sessions, group.time))

    return Sheet(
        key="sessions",
        title=_("Time of a session, by the channel it begins on"),
        lead=_("From its first interaction to its last; a session of a single one takes no time."),
        columns=_columns((dimension_name("channel"), "channel"), times=(_("Sessions"), "sessions")),
        rows=[row(*at) for at in enumerate(found.channels)],
        more=ENDS,
    )
