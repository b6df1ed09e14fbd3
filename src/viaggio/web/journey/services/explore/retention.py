"""Who comes back: cohorts by their first interaction, and the curve of returns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.journey.kernels.retention.cohorts import Retention, RetentionCell
from viaggio.journey.kernels.retention.curve import ReturnCurve, ReturnDay, median_day
from viaggio.web.journey.services.explore.asking import answer, known_kinds
from viaggio.web.journey.services.explore.cell_links import return_link
from viaggio.web.journey.services.explore.retention_told import ReturnsTold, days_told, returns_told
from viaggio.web.journey.services.explore.sheet import Cell, Sheet, interval_words, share_cell
from viaggio.web.journey.services.explore.table_page import (
    TablePage,
    changed_only,
    chosen,
    kind_select,
    kind_text,
    select,
)
from viaggio.web.journey.services.explore.words import read_kind
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart
from viaggio.web.shared.charts.share_curve import SharePoint, share_curve
from viaggio.web.shared.charts.svg import join
from viaggio.web.shared.desk import Desk

UNITS = ("month", "week", "day")
PERIODS, DAYS = 12, 90
USUAL = {"unit": "month"}
TINTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionAsked:
    """Cohorts of what length, of which first interaction, and what counts as coming back."""

    unit: str
    first: str
    back: str

    @classmethod
    def of(cls, query: QueryDict) -> "RetentionAsked":
        """Read kindly."""
        return cls(
            unit=chosen(query, "unit", UNITS), first=kind_text(query, "first"), back=kind_text(query, "back")
        )

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"unit": self.unit, "first": self.first, "back": self.back}, USUAL)


def retention_page(desk: Desk, asked: RetentionAsked) -> TablePage:
    """The page under the desk's filters."""
    units = {"month": _("Month"), "week": _("Week"), "day": _("Day")}
    page = TablePage(
        asks=[
            kind_select(desk, "first", _("First"), asked.first, _("Any interaction")),
            kind_select(desk, "back", _("Comes back with"), asked.back, _("Any interaction")),
            select("unit", _("Cohorts by"), asked.unit, units),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: RetentionAsked) -> TablePage:
    first, back = read_kind(asked.first), read_kind(asked.back)
    known_kinds(desk, [kind for kind in (first, back) if kind is not None])
    kinds = {name: kind for name, kind in (("first", first), ("back", back)) if kind is not None}
    found: Retention = answer(desk, "retention", unit=asked.unit, periods=PERIODS, **kinds)
    if not found.customers or found.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    after = {"after" if name == "first" else name: kind for name, kind in kinds.items()}
    curve: ReturnCurve = answer(desk, "return_curve", days=DAYS, **after)
    base = _("%(n)s customers in %(cohorts)s cohorts.") % {
        "n": formats.number(found.customers),
        "cohorts": formats.number(len(found.cohorts)),
    }
    told, days = returns_told(found, desk.minimum), days_told(curve.days, desk.minimum)
    return replace(
        page,
        base=base,
        heat=cohort_table(desk, asked, found, told),
        chart=_curve(days),
        sheets=(cohorts_sheet(desk, asked, found, told), curve_sheet(days)),
    )


def cohort_words(unit: str, cohort: str | None) -> str:
    """What people call a cohort."""
    if cohort is None:
        return _("all together")
    from viaggio.kernel import BadPeriod, Period

    try:
        if unit == "month":
            return formats.period_text(Period.parse(cohort[:7]))
        return formats.day(date.fromisoformat(cohort))
    except (BadPeriod, ValueError):
        return cohort


def cohort_table(desk: Desk, asked: RetentionAsked, found: Retention, told: ReturnsTold) -> SafeString:
    """The cells as a table, deeper where more came back; a dot where there is nothing or too few.

    For people who see customers each leads to those it counts.
    """
    shown = (*found.cells, *told.overall)
    periods = sorted({cell.period for cell in shown if cell.period})
    at = {(cell.cohort, cell.period): cell for cell in shown if (cell.cohort, cell.period) in told.back}
    most = max((c.share or 0.0 for c in at.values() if c.period), default=0.0)
    sizes = {cohort.cohort: cohort.customers for cohort in found.cohorts}
    head = join(format_html('<th scope="col">{}</th>', f"+{period}") for period in periods)
    rows = []
    for cohort in (*sizes, None):
        size = sizes.get(cohort, found.customers) if cohort else found.customers
        cells = join(
            _tinted(at.get((cohort, period)), most, return_link(desk, cohort, period)) for period in periods
        )
        known = cohort is None or cohort in told.cohorts
        rows.append(
            format_html(
                '<tr><th scope="row">{}</th><td class="n">{}</td>{}</tr>',
                _linked(cohort_words(asked.unit, cohort), return_link(desk, cohort)),
                formats.number(size) if known else "·",
                cells,
            )
        )
    title = _("Who comes back, by cohort")
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="heat cohorts">'
        '<thead><tr><th scope="col">{}</th><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        _("Table: %(title)s") % {"title": title},
        _("Cohort"),
        _("Customers"),
        head,
        join(rows),
    )


def _linked(words: str, href: str) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', href, words) if href else words


def _tinted(cell: RetentionCell | None, most: float, href: str) -> SafeString:
    if cell is None or cell.share is None:
        return format_html('<td><span class="na">{}</span></td>', "·")
    level = round(TINTS * cell.share / most) if most else 0
    words = interval_words(cell.low, cell.high)
    about = _("%(back)s of %(n)s, interval %(interval)s") % {
        "back": formats.number(cell.back),
        "n": formats.number(cell.customers),
        "interval": words,
    }
    few = "" if cell.complete else " few"
    share = formats.share(cell.share, 0)
    if href and cell.back:
        return format_html(
            '<td><a class="co hp{}{}" title="{}" href="{}">{}<span class="sr"> {}</span></a></td>',
            level, few, about, href, share, about,
        )  # fmt: skip
    return format_html(
        '<td><span class="co hp{}{}" title="{}">{}<span class="sr"> {}</span></span></td>',
        level, few, about, share, about,
    )  # fmt: skip


def cohorts_sheet(desk: Desk, asked: RetentionAsked, found: Retention, told: ReturnsTold) -> Sheet:
    """One row per cohort and period, all together last."""
    rows = [_cohort_row(desk, asked, told, cell) for cell in (*told.overall, *found.cells)]
    return Sheet(
        key="cohorts",
        title=_("Returns, with their intervals"),
        lead=_(
            "Back: in exactly that period. Later: in that one or any after it. Intervals at 95%: Wilson's; "
            "all together is summed over the rows that are told."
        ),
        columns=(
            (_("Cohort"), "cohort"),
            (_("Period"), "period"),
            (_("Customers"), "customers"),
            (_("Back"), "share"),
            (_("Later"), "later_share"),
            (_("Period over"), "complete"),
        ),
        rows=rows,
        more=("back", "low", "high"),
    )


def _cohort_row(desk: Desk, asked: RetentionAsked, told: ReturnsTold, c: RetentionCell) -> tuple[Cell, ...]:
    at = (c.cohort, c.period)
    known = c.cohort is None or c.cohort in told.cohorts
    back, later = at in told.back, at in told.later
    return (
        Cell(cohort_words(asked.unit, c.cohort), c.cohort or "all"),
        Cell(f"+{c.period}", c.period),
        Cell(formats.number(c.customers), c.customers) if known else Cell("·", None),
        replace(
            share_cell(c.share, c.low, c.high, hide=not back),
            href=return_link(desk, c.cohort, c.period) if back and c.back else "",
        ),
        share_cell(c.later_share, c.later_low, c.later_high, hide=not later),
        Cell(_("yes") if c.complete else _("not yet"), "yes" if c.complete else "no"),
        *(Cell("", value if back else None) for value in (c.back, c.low, c.high)),
    )


def _curve(days: Sequence[ReturnDay]) -> Chart | None:
    if not days:
        return None
    return share_curve(
        [SharePoint(day.day, day.share, day.low, day.high) for day in days],
        title=_("Back by the end of each day"),
        about=_("Share of the customers who are back, day by day, with its interval at 95%."),
        columns=(_("Day"), _("Back by then"), _("Interval")),
        share=lambda value: formats.share(value, 0),
    )


def curve_sheet(days: Sequence[ReturnDay]) -> Sheet:
    """How many are back by the end of each day."""
    rows = [
        (
            Cell(formats.number(d.day), d.day),
            Cell(formats.number(d.out), d.out),
            share_cell(d.share, d.low, d.high),
            Cell("", d.back),
            Cell("", d.low),
            Cell("", d.high),
        )
        for d in days
    ]
    half, low, high = median_day(days)
    lead = _("Back by the end of the day, corrected for those who could not be followed so long.")
    if half is not None:
        told = ngettext("Half are back within %(n)s day.", "Half are back within %(n)s days.", half)
        lead += " " + told % {"n": formats.number(half)}
        if low is not None and high is not None and low < high:
            span = {"low": formats.number(low), "high": formats.number(high)}
            lead += " " + _("At 95%%: between day %(low)s and day %(high)s.") % span
    return Sheet(
        key="return",
        title=_("How soon customers are back"),
        lead=lead,
        columns=((_("Day"), "day"), (_("Followed so far"), "out"), (_("Back by then"), "share")),
        rows=rows,
        more=("back", "low", "high"),
    )
