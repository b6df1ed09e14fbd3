"""The most frequent paths, and what most customers do directly one after another."""

from dataclasses import dataclass, replace
from itertools import zip_longest

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.journey.kernels.paths import ARROW, NO_PLACE, PathLine, Paths
from viaggio.journey.kernels.subpaths import SubPath, SubPathLine, SubPaths
from viaggio.journey.kernels.touchpoint_steps import OTHERS
from viaggio.web.journey.services.explore.asking import answer
from viaggio.web.journey.services.explore.cell_links import path_link
from viaggio.web.journey.services.explore.sheet import Cell, Sheet, share_cell
from viaggio.web.journey.services.explore.table_page import TablePage, changed_only, chosen, select
from viaggio.web.journey.services.explore.words import place_words
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name

STEPS = ("4", "2", "3", "5", "6", "8", "10")
BY = ("touchpoint", "channel", "phase")
USUAL = {"steps": "4", "end": "first", "by": "touchpoint"}
TOP = 200
LONGEST_PART = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PathsAsked:
    """How many steps, of the beginning or the end, between what."""

    steps: str
    end: str
    by: str

    @classmethod
    def of(cls, query: QueryDict) -> "PathsAsked":
        """Read kindly."""
        return cls(
            steps=chosen(query, "steps", STEPS),
            end=chosen(query, "end", ("first", "last")),
            by=chosen(query, "by", BY),
        )

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"steps": self.steps, "end": self.end, "by": self.by}, USUAL)


def paths_page(desk: Desk, asked: PathsAsked) -> TablePage:
    """The page under the desk's filters."""
    page = TablePage(
        asks=[
            select("end", _("Which steps"), asked.end, {"first": _("The first"), "last": _("The last")}),
            select("steps", _("Steps"), asked.steps, {n: n for n in sorted(STEPS, key=int)}),
            select("by", _("Between"), asked.by, {by: dimension_name(by) for by in BY}),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: PathsAsked) -> TablePage:
    found: Paths = answer(
        desk, "paths", steps=int(asked.steps), top=TOP, by=asked.by, last=asked.end == "last"
    )
    if not found.customers or found.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    below: SubPaths = answer(
        desk,
        "sub_paths",
        longest=min(int(asked.steps), LONGEST_PART),
        top=TOP,
        by=asked.by,
        least_customers=max(desk.minimum, 1),
    )
    base = ngettext(
        "%(n)s customer, %(d)s different paths.", "%(n)s customers, %(d)s different paths.", found.customers
    ) % {"n": formats.number(found.customers), "d": formats.number(found.different)}
    return replace(page, base=base, sheets=(paths_sheet(desk, asked, found), sub_sheet(desk, asked, below)))


def _words(desk: Desk, by: str, text: str) -> str:
    if text == OTHERS:
        return _("all other paths")
    return ARROW.join(place_words(desk, None if name == NO_PLACE else name, by) for name in text.split(ARROW))


def told(desk: Desk, found: Paths) -> list[PathLine]:
    """Paths of enough customers; all the rest among the others, so that they sum to all."""
    lines = [line for line in found.lines() if line.path != OTHERS]
    shown = [line for line in lines if line.journeys >= desk.minimum]
    rest = found.journeys - sum(line.journeys for line in shown)
    while shown and 0 < rest < desk.minimum:
        rest += shown.pop().journeys
    if not rest:
        return shown
    kept = replace(found, paths=found.paths[: len(shown)], others=rest)
    return list(kept.lines())


def paths_sheet(desk: Desk, asked: PathsAsked, found: Paths) -> Sheet:
    """One row per path, the others last; each leads to the customers who take it."""
    lines = told(desk, found)
    rows = [
        (
            Cell(
                _words(desk, asked.by, line.path),
                line.path,
                "" if path is None else path_link(desk, path.places),
            ),
            Cell(formats.number(line.journeys), line.journeys),
            share_cell(line.share, line.low, line.high),
            Cell("", line.low),
            Cell("", line.high),
        )
        for line, path in zip_longest(lines, found.paths[: sum(line.path != OTHERS for line in lines)])
    ]
    return Sheet(
        key="paths",
        title=_("Most frequent paths"),
        lead=_(
            "Visits to the same place one after another are one step; with the others the rows add up "
            "to all customers."
        ),
        columns=((_("Path"), "path"), (_("Customers"), "journeys"), (_("Share"), "share")),
        rows=rows,
        more=("low", "high"),
    )


def sub_sheet(desk: Desk, asked: PathsAsked, found: SubPaths) -> Sheet:
    """One row per run of places."""

    def row(line: SubPathLine, part: SubPath) -> tuple[Cell, ...]:
        return (
            Cell(_words(desk, asked.by, line.path), line.path, path_link(desk, part.places, part=True)),
            Cell(formats.number(line.customers), line.customers),
            Cell(formats.number(line.times), line.times),
            share_cell(line.share, line.low, line.high),
            Cell("", line.low),
            Cell("", line.high),
        )

    return Sheet(
        key="sub-paths",
        title=_("Parts of paths, anywhere in the journey"),
        columns=(
            (_("Path"), "path"),
            (_("Customers"), "customers"),
            (_("Times"), "times"),
            (_("Share"), "share"),
        ),
        rows=[
            row(line, part)
            for line, part in zip(found.lines(), found.paths, strict=True)
            if line.customers >= desk.minimum
        ],
        more=("low", "high"),
    )
