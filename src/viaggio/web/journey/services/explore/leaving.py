"""Where journeys come to a halt: drop-off and dead ends, repeats and loops."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from viaggio.journey.kernels.drop_off import DropOff
from viaggio.journey.kernels.loops import Loop, Loops
from viaggio.web.journey.services.explore.asking import answer
from viaggio.web.journey.services.explore.cell_links import loop_link, lost_link
from viaggio.web.journey.services.explore.sheet import (
    Cell,
    Sheet,
    count_cell,
    interval_words,
    share_cell,
    time_cell,
    time_ends,
    told_cell,
)
from viaggio.web.journey.services.explore.table_page import TablePage, changed_only, chosen, select
from viaggio.web.journey.services.explore.words import place_words
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name
from viaggio.web.shared.withheld import Sum, is_small, withheld

if TYPE_CHECKING:
    from collections.abc import Hashable

DAYS = ("30", "7", "14", "60", "90")
BY = ("touchpoint", "channel", "phase")
USUAL = {"days": "30", "by": "touchpoint"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingAsked:
    """How long a customer may stay away, and between what loops are sought."""

    days: str
    by: str

    @classmethod
    def of(cls, query: QueryDict) -> "LeavingAsked":
        """Read kindly."""
        return cls(days=chosen(query, "days", DAYS), by=chosen(query, "by", BY))

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"days": self.days, "by": self.by}, USUAL)


def leaving_page(desk: Desk, asked: LeavingAsked) -> TablePage:
    """The page under the desk's filters."""
    days = {d: _("%(n)s days") % {"n": d} for d in sorted(DAYS, key=int)}
    page = TablePage(
        asks=[
            select("days", _("Not back within"), asked.days, days),
            select("by", _("Where"), asked.by, {by: dimension_name(by) for by in BY}),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: LeavingAsked) -> TablePage:
    found: DropOff = answer(desk, "drop_off", within=timedelta(days=int(asked.days)), by=asked.by)
    if not found.customers or found.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    around: Loops = answer(desk, "loops", longest=3, by=asked.by)
    words = {
        "n": formats.number(found.interactions),
        "c": formats.number(found.customers),
        "rate": "–" if found.rate is None else formats.share(found.rate),
        "interval": interval_words(found.low, found.high) or "–",
    }
    base = _(
        "%(n)s interactions of %(c)s customers; after %(rate)s (%(interval)s) of them the customer is not "
        "back in time."
    )
    return replace(
        page, base=base % words, sheets=(drop_sheet(desk, asked, found), loop_sheet(desk, asked, around))
    )


def places_withheld(found: DropOff, minimum: int) -> frozenset[str | None]:
    """Places of which nothing is told: with few customers or few of a kind, and more as all places sum up."""
    size: dict[Hashable, float] = {}
    for p in found.places:
        few = any(is_small(n, minimum) for n in (p.customers, p.followed, p.later, p.never, p.open))
        size["place", p.name] = min(p.customers, minimum - 1) if few else max(p.customers, minimum)
    cells = withheld(size, [Sum(None, tuple(size))], minimum)
    return frozenset(p.name for p in found.places if ("place", p.name) in cells)


def drop_sheet(desk: Desk, asked: LeavingAsked, found: DropOff) -> Sheet:
    """One row per place, those that lose most first."""
    rows = []
    hidden = places_withheld(found, desk.minimum)
    for p in found.places:
        hide = p.name in hidden
        rows.append(
            (
                Cell(place_words(desk, p.name, asked.by), p.name),
                *(
                    (told_cell(p.customers, desk.minimum, told=False), Cell("·", None), Cell("·", None))
                    if hide
                    else (Cell(formats.number(n), n) for n in (p.customers, p.interactions, p.open))
                ),
                replace(
                    share_cell(p.rate, p.low, p.high, hide=hide),
                    href=lost_link(desk, p.name) if p.rate and not hide else "",
                ),
                Cell(
                    _("dead end") if p.dead_end and not hide else "",
                    "yes" if p.dead_end and not hide else "no",
                ),
                *(Cell("", None if hide else x) for x in (p.low, p.high, p.followed, p.later, p.never)),
            )
        )
    return Sheet(
        key="drop-off",
        title=_("Drop-off"),
        lead=_(
            "After which touchpoints customers do not come back in time. A dead end loses surely more than "
            "all together; still open: the time is not over yet."
        ),
        columns=(
            (dimension_name(asked.by), "place"),
            (_("Customers"), "customers"),
            (_("Interactions"), "interactions"),
            (_("Still open"), "open"),
            (_("Not back"), "rate"),
            (_("Verdict"), "dead_end"),
        ),
        rows=rows,
        more=("low", "high", "followed", "later", "never"),
    )


def loop_sheet(desk: Desk, asked: LeavingAsked, found: Loops) -> Sheet:
    """One row per place and way back to it."""
    rows = [_loop(desk, asked, one) for one in found.loops if one.customers >= desk.minimum]
    words = {"repeating": formats.number(found.repeating), "looping": formats.number(found.looping)}
    enough = min(found.repeating, found.looping) >= desk.minimum
    return Sheet(
        key="loops",
        title=_("Loops and repeats"),
        lead=_(
            "%(repeating)s customers repeat a step at once, %(looping)s come back to a place after another."
        )
        % words
        if enough
        else "",
        columns=(
            (dimension_name(asked.by), "place"),
            (_("Way back"), "via"),
            (_("Steps"), "length"),
            (_("Customers"), "customers"),
            (_("Times"), "loops"),
            (_("Median time"), "median_seconds"),
        ),
        rows=rows,
        more=("median_low_seconds", "median_high_seconds"),
    )


def _loop(desk: Desk, asked: LeavingAsked, one: Loop) -> tuple[Cell, ...]:
    way = (
        _("at once")
        if one.length == 1
        else place_words(desk, one.via, asked.by)
        if one.length == 2
        else _("two others")
    )
    return (
        Cell(
            place_words(desk, one.name, asked.by),
            one.name,
            loop_link(desk, one.name, one.via, one.length, asked.by),
        ),
        Cell(way, one.via or ""),
        Cell(str(one.length), one.length),
        count_cell(one.customers, desk.minimum),
        Cell(formats.number(one.loops), one.loops),
        time_cell(one.time),
        *time_ends(one.time),
    )
