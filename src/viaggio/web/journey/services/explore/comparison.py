"""Two groups of customers side by side: where they come, and which differences are real."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.journey import compare_groups, distinguishes
from viaggio.journey.comparison import Comparison, PlaceDifference
from viaggio.journey.filter import EVERY, Among, Condition, Did, all_of, condition_of, scoped, write_filter
from viaggio.kernel import Period
from viaggio.web.journey.services.explore.asking import THREADS, computed, known_kinds, where_at
from viaggio.web.journey.services.explore.comparison_asked import (
    BY,
    REACH,
    ComparisonAsked,
    against,
    dated,
    first_choices,
    goal_of,
    group_of,
    group_words,
    second_choices,
    usual,
)
from viaggio.web.journey.services.explore.sheet import Cell, Sheet, hidden_cell, span_words
from viaggio.web.journey.services.explore.table_page import Ask, TablePage, select
from viaggio.web.journey.services.explore.words import place_words
from viaggio.web.shared import formats
from viaggio.web.shared.charts.gaps import Gap, gap_plot
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name

DRAWN = 12  # differences in the drawing


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer, and what the two groups are called."""

    found: Comparison
    one: str
    other: str


def comparison_page(desk: Desk, asked: ComparisonAsked) -> TablePage:
    """The page under the desk's filters."""
    asked = asked if asked.one else replace(asked, one=usual(desk))
    page = TablePage(
        asks=[
            Ask("one", _("Group"), first_choices(desk, asked.one)),
            Ask("other", _("Against"), second_choices(desk, asked.other)),
            select("by", _("Compared by"), asked.by, {by: dimension_name(by) for by in BY}),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def asked_comparison(desk: Desk, asked: ComparisonAsked) -> Compared:
    """The answer, remembered; raises `CannotAnswer`."""
    reach = asked.one.startswith(REACH)
    if reach and not asked.other:
        goal = goal_of(asked.one)
        known_kinds(desk, [goal])
        found = computed(
            desk, ("distinguishes", goal, asked.by),
            lambda journeys: distinguishes(
                journeys, goal, by=asked.by, where=where_at(desk), threads=THREADS  # type: ignore[arg-type]  # one of BY
            ),
        )  # fmt: skip
        return Compared(found, group_words(desk, asked.one), _("the others"))
    one = group_of(desk, asked.one)
    period, other, words = against(desk, asked, one)
    one_now, other_then = _scoped(desk, one, desk.filters.period), _scoped(desk, other, period)
    found = computed(
        desk, ("compare_groups", one, other, str(period), asked.by),
        lambda journeys: compare_groups(
            journeys, where_at(desk, one_now), where_at(desk, other_then, period=period),
            by=asked.by, threads=THREADS,  # type: ignore[arg-type]  # one of BY
        ),
        walks=2,
    )  # fmt: skip
    return Compared(found, group_words(desk, asked.one), words)


def _filled(page: TablePage, desk: Desk, asked: ComparisonAsked) -> TablePage:
    answer = asked_comparison(desk, asked)
    found = answer.found
    if min(found.customers_one, found.customers_other) < max(desk.minimum, 1):
        return replace(page, reason=_("One of the two groups has no customers, or too few to show."))
    words = {
        "n": formats.number(found.customers_one), "one": answer.one,
        "m": formats.number(found.customers_other), "other": answer.other,
    }  # fmt: skip
    told = [place for place in found.places if is_told(place, found, desk.minimum)]
    return replace(
        page,
        base=_("%(n)s customers (%(one)s) against %(m)s (%(other)s).") % words,
        heat=_drawing(desk, asked, told),
        sheets=(differences_sheet(desk, asked, answer, told),),
        links=_links(desk, asked),
    )


def is_told(place: PlaceDifference, found: Comparison, minimum: int) -> bool:
    """Whether in both groups enough customers came there, or nobody, and enough did not, or nobody."""
    return all(
        not 0 < n < minimum
        for n in (
            place.one,
            found.customers_one - place.one,
            place.other,
            found.customers_other - place.other,
        )
    )


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return formats.number(100 * value, 1, signed=True) + f"{formats.NARROW}pt"


def _drawing(desk: Desk, asked: ComparisonAsked, told: list[PlaceDifference]) -> SafeString:
    return gap_plot(
        [
            Gap(name=place_words(desk, p.name, asked.by), value=p.gap, low=p.low, high=p.high, sure=p.real)
            for p in told[:DRAWN]
        ],
        title=_("Differences in percentage points"),
        heads=(dimension_name(asked.by), _("Interval"), _("Difference")),
        say=points,
    )


def differences_sheet(
    desk: Desk, asked: ComparisonAsked, answer: Compared, told: list[PlaceDifference]
) -> Sheet:
    """One row per place, the largest difference first."""
    found = answer.found
    shown = set(told)
    rows = [
        _row(desk, asked, found, place) if place in shown else _hidden_row(desk, asked, place)
        for place in found.places
    ]
    return Sheet(
        key="differences",
        title=_("Who comes where"),
        lead=_(
            "Share of the customers of each group who came there. The interval of the difference at 95% is "
            "Miettinen and Nurminen's, each place by itself; “surely different” holds over all places "
            "together (Benjamini and Hochberg, 5%). It tells the groups apart; it need not be the cause."
        ),
        columns=(
            (dimension_name(asked.by), asked.by),
            (_("Group"), "share_one"),
            (_("Against"), "share_other"),
            (_("Difference"), "gap"),
            (_("Verdict"), "real"),
            (_("Times each"), "visits_one"),
            (_("Times each, against"), "visits_other"),
        ),
        rows=rows,
        more=("customers_one", "customers_other", "low", "high", "adjusted_p"),
    )


def _row(desk: Desk, asked: ComparisonAsked, found: Comparison, p: PlaceDifference) -> tuple[Cell, ...]:
    did = Did(what=Among(asked.by, (p.name,)), during=desk.filters.period) if p.name else None
    href = (
        desk.filters.to(reverse("journey:flow"), one=None, other=None, by=None,
                        where=write_filter(all_of([desk.filters.said, did])))
        if did and asked.by != "device"
        else ""
    )  # fmt: skip
    return (
        Cell(place_words(desk, p.name, asked.by), p.name or "", href),
        Cell(formats.share(p.share_one), p.share_one, note=_of(p.one, found.customers_one)),
        Cell(formats.share(p.share_other), p.share_other, note=_of(p.other, found.customers_other)),
        Cell(points(p.gap), p.gap, note=span_words(points(p.low), points(p.high)), below=True),
        Cell(_("surely different") if p.real else _("no sure difference"), "yes" if p.real else "no"),
        Cell(formats.number(p.visits_one, 2), p.visits_one),
        Cell(formats.number(p.visits_other, 2), p.visits_other),
        *(Cell("", value) for value in (p.one, p.other, p.low, p.high, p.adjusted_p)),
    )


def _of(n: int, whole: int) -> str:
    return _("%(n)s of %(all)s") % {"n": formats.number(n), "all": formats.number(whole)}


def _hidden_row(desk: Desk, asked: ComparisonAsked, place: PlaceDifference) -> tuple[Cell, ...]:
    dot = hidden_cell(desk.minimum)
    return (
        Cell(place_words(desk, place.name, asked.by), place.name or ""),
        dot, *(Cell("·", None) for _cell in range(2)), Cell("", ""), *(Cell("·", None) for _cell in range(2)),
        *(Cell("", None) for _cell in range(5)),
    )  # fmt: skip


def _links(desk: Desk, asked: ComparisonAsked) -> tuple[tuple[str, str], ...]:
    """The customers of each group, for people who may see them."""
    if not desk.sees_customers:
        return ()
    period = desk.filters.period
    one = group_of(desk, asked.one)
    groups: list[tuple[str, Condition, Period]] = [(_("The group's customers"), one, period)]
    at, other, _words = against(desk, asked, one)
    groups.append((_("The customers against it"), other, at))
    return tuple((words, _customers(desk, dated(group, span), span)) for words, group, span in groups)


def _scoped(desk: Desk, group: Condition, period: Period) -> Condition:
    """The group as of a period; what customers did counts in the person's scope only."""
    return scoped(dated(group, period), condition_of(desk.filters.scope))


def _customers(desk: Desk, group: Condition, period: Period) -> str:
    """The address of the list of a group's customers."""
    said = all_of([desk.filters.said, group])
    changes: dict[str, str | None] = {"one": None, "other": None, "by": None}
    changes["where"] = None if said == EVERY else write_filter(said)
    if period != desk.filters.period:
        changes["period"] = str(period)
    return desk.filters.to(reverse("journey:customers"), **changes)
