"""Totals of a settlement as pages and files show them: what is hidden stays hidden in all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.incentive.plan import read_plan
from viaggio.kernel import Period
from viaggio.web.incentive.models import Run
from viaggio.web.incentive.plan_words import group_name, measure_name
from viaggio.web.incentive.services.statement_lines import said
from viaggio.web.incentive.services.statement_words import (
    DISPUTE_STATES,
    FLAG_STATES,
    detector_name,
    in_language,
    per_cent,
    plain_number,
    source_words,
)
from viaggio.web.incentive.services.totals import GroupTotal, MeasureTotal, OwnCell, Totals
from viaggio.web.shared import formats

GENDERS: Mapping[str, Promise] = {
    "f": gettext_lazy("Women"), "female": gettext_lazy("Women"), "m": gettext_lazy("Men"),
    "male": gettext_lazy("Men"), "x": gettext_lazy("Other"), "other": gettext_lazy("Other"),
    "": gettext_lazy("Not stated"),
}  # fmt: skip
WORKING_TIMES: Mapping[str, Promise] = {
    "full": gettext_lazy("Full time"), "full_time": gettext_lazy("Full time"),
    "part": gettext_lazy("Part time"), "part_time": gettext_lazy("Part time"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoice:
    """A settlement in a list."""

    code: str
    plan: str
    period: str
    corrects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group's totals; empty texts where it is hidden."""

    name: str
    people: str
    award: str
    mean: str
    of_target: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """An indicator: what, of whom, its value and base; `href` leads to the same figure."""

    name: str
    unit: str
    value: str
    base: str
    href: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsPage:
    """A settlement in totals."""

    plan: str
    period: str
    people: str
    award: str
    held: str
    tables: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    measures: tuple[MeasureRow, ...]
    flags: tuple[tuple[str, str, int], ...]
    disputes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A line of the own unit: its value and why, without anybody's money."""

    name: str
    credited: str
    measured: str
    base: str
    payout: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """The own unit: its total when it is large enough, its lines, its measures and those above."""

    name: str
    plan: str
    period: str
    total: GroupRow
    lines: tuple[UnitLine, ...]
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class File:
    """Columns and rows of an exported table."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


def run_choices(states: Iterable[str]) -> list[RunChoice]:
    """Settlements in these states, newest first."""
    runs = Run.objects.filter(state__in=tuple(states)).select_related("version__plan")
    return [
        RunChoice(
            code=run.code,
            plan=_plan(run),
            period=_period(run),
            corrects=run.corrects_id is not None,
        )
        for run in runs
    ]


def totals_page(found: Totals, measures: Sequence[MeasureTotal], run: Run) -> TotalsPage:
    """The page of the works council."""
    currency = _currency(run)
    least = read_plan(run.version.document).guard_rails.k_headcount
    enough = not found.hidden and (found.people or 0) >= least
    return TotalsPage(
        plan=_plan(run),
        period=_period(run),
        people="" if found.hidden else formats.number(found.people or 0),
        award=formats.money(found.cents or 0, currency) if enough else "",
        held=formats.money(found.held_cents, currency) if found.held_cents and enough else "",
        tables=tuple(
            (title, tuple(_group(row, named(row), currency) for row in rows))
            for title, rows, named in _tables(found)
            if rows
        ),
        measures=tuple(_measure(one) for one in measures),
        flags=tuple((detector_name(d), str(FLAG_STATES.get(s, s)), n) for d, s, n in found.flags),
        disputes=tuple((str(DISPUTE_STATES.get(s, s)), n) for s, n in found.disputes),
    )


type Namer = Callable[[GroupTotal], str]


def _tables(found: Totals) -> list[tuple[str, tuple[GroupTotal, ...], Namer]]:
    return [
        (_("By unit"), found.by_unit, lambda row: row.name or row.code),
        (_("By plan group"), found.by_group, lambda row: group_name(row.code)),
        (_("By gender"), found.by_gender, lambda row: _word(row, GENDERS)),
        (_("By working time"), found.by_working_time, lambda row: _word(row, WORKING_TIMES)),
    ]


def _word(row: GroupTotal, names: Mapping[str, Promise]) -> str:
    return str(names.get(row.code.lower(), row.code))


def _group(row: GroupTotal, name: str, currency: str) -> GroupRow:
    if row.hidden or row.cents is None or row.people is None:
        return GroupRow(name=name, people="", award="", mean="", of_target="", hidden=True)
    reached = Fraction(row.cents, row.target_cents) if row.target_cents else None
    mean = row.mean_cents
    return GroupRow(
        name=name,
        people=formats.number(row.people),
        award=formats.money(row.cents, currency),
        mean=formats.money(mean, currency) if mean is not None else formats.NO_VALUE,
        of_target=per_cent(reached, 1) if reached is not None else formats.NO_VALUE,
        hidden=False,
    )


def _measure(one: MeasureTotal) -> MeasureRow:
    hidden = one.hidden or not one.value
    return MeasureRow(
        name=measure_name(one.measure),
        unit=one.unit_name,
        value="" if hidden or not one.value else plain_number(Fraction(one.value), 2),
        base=formats.number(one.n) if one.n and not hidden else "",
        href="" if hidden else one.page,
        hidden=hidden,
    )


def unit_page(cell: OwnCell, run: Run) -> UnitPage:
    """The page of a head of unit."""
    return UnitPage(
        name=cell.unit_name,
        plan=_plan(run),
        period=_period(run),
        total=_group(cell.total, cell.unit_name, _currency(run)),
        lines=tuple(
            UnitLine(
                name=measure_name(line.measure),
                credited=said(line.credited, line) if line.credited is not None else formats.NO_VALUE,
                measured=said(line.raw, line) if line.raw is not None else "",
                base=formats.number(line.n) if line.n else "",
                payout=per_cent(line.payout),
                why=source_words(line.reason),
            )
            for line in cell.lines
        ),
        measures=tuple(_measure(one) for one in cell.measures),
    )


def totals_file(found: Totals, measures: Sequence[MeasureTotal], run: Run) -> File:
    """The same totals as a table; what the page hides is empty here too."""
    rows: list[tuple[object, ...]] = []
    for title, groups, named in _tables(found):
        for row in groups:
            shown = not row.hidden
            rows.append(
                (
                    run.code, title, named(row), row.people if shown else None,
                    f"{row.cents / 100:.2f}" if shown and row.cents is not None else None,
                    None, None,
                )
            )  # fmt: skip
    for one in measures:
        shown = not one.hidden
        rows.append(
            (
                run.code, _("Indicators"), measure_name(one.measure), None, None,
                one.value if shown else None, one.n if shown else None, one.unit_name,
            )
        )  # fmt: skip
    columns = (_("run"), _("table"), _("name"), _("people"), _("amount"), _("value"), _("n"), _("unit"))
    return File(columns, [(*row, None) if len(row) < len(columns) else row for row in rows])


def _plan(run: Run) -> str:
    return in_language(run.version.plan.name) or run.version.plan.code


def _period(run: Run) -> str:
    return formats.period_text(Period.parse(f"{run.first}..{run.last}"))


def _currency(run: Run) -> str:
    return run.version.currency
