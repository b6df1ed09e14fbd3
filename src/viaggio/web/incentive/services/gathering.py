"""What a run reads, gathered from the records: the parts of a period, people, their stays and absences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, Q

from viaggio.incentive.exact import exact
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Away, Inputs, Person, Placement, Window
from viaggio.kernel import Period
from viaggio.web.incentive.models import Absence, Assignment, Employee, PlanVersion
from viaggio.web.incentive.services.errors import NotThatState
from viaggio.web.incentive.services.holding import holds_of
from viaggio.web.incentive.services.measuring import measure

_DAY = timedelta(days=1)
_LETTERS = {6: "H", 3: "Q", 1: "M"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """One settlement of a plan's period: `part` 1 to `version.parts`, or one more: the year's settlement.

    `period` is as the ledger writes it (2026Q1, 2026). `advance`: a payment on account of the whole.
    """

    part: int
    period: str
    first: date
    last: date
    advance: bool
    settlement: bool
    share: Fraction

    @property
    def window(self) -> Window | None:
        """What the engine is told; None for the whole period."""
        if self.share == 1:
            return None
        return Window(first=self.first, last=self.last, share=self.share)


def parts_of(version: PlanVersion) -> tuple[PartOf, ...]:
    """The settlements of a version's period, in order."""
    plan, parts = read_plan(version.document), version.parts
    account = plan.on_account
    share = Fraction(1, parts) * (account.share if account else 1)
    found = [
        PartOf(
            part=number, period=period_name(first, last), first=first, last=last,
            advance=account is not None, settlement=False, share=share,
        )
        for number, (first, last) in enumerate(_spans(plan.period.first, plan.period.last, parts), start=1)
    ]  # fmt: skip
    if account:
        first, last = plan.period.first, plan.period.last
        name = period_name(first, last)
        found.append(
            PartOf(
                part=parts + 1, period=f"{name}S" if parts == 1 else name, first=first, last=last,
                advance=False, settlement=True, share=Fraction(1),
            )
        )  # fmt: skip
    return tuple(found)


def _spans(first: date, last: date, parts: int) -> list[tuple[date, date]]:
    """The period in equal parts: of whole months where they divide it, else of days."""
    whole = Period(first, last + _DAY)
    months = whole.bins("month")
    by_month = whole.whole() in {"year", "quarter", "month"} and len(months) % parts == 0
    if by_month:
        size = len(months) // parts
        return [(months[n * size].start, months[(n + 1) * size - 1].last) for n in range(parts)]
    cuts = [first + timedelta(days=n * whole.days // parts) for n in range(parts + 1)]
    return [(cuts[n], cuts[n + 1] - _DAY) for n in range(parts)]


def period_name(first: date, last: date) -> str:
    """How the ledger writes a period: 2026, 2026H1, 2026Q1, 2026M03, else its days."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day != 1 or (last + _DAY).day != 1 or months not in {1, 3, 6, 12}:
        return f"{first:%Y%m%d}-{last:%Y%m%d}"
    if (first.month - 1) % months:
        return f"{first:%Y%m%d}-{last:%Y%m%d}"
    return f"{first.year}" + (f"{_LETTERS[months]}{_place(first.month, months)}" if months < 12 else "")


def _place(month: int, months: int) -> str:
    number = (month - 1) // months + 1
    return f"{number:02d}" if months == 1 else str(number)


def part_of(version: PlanVersion, part: int) -> PartOf:
    """One settlement by its number. Raises `NotThatState`."""
    for one in parts_of(version):
        if one.part == part:
            return one
    raise NotThatState(f"there is no part {part}", place=str(version), hint=f"Parts: 1 to {version.parts}.")


def people_of(plan: Plan) -> tuple[Person, ...]:
    """Everybody with a stay in one of the plan's groups that touches its period, by pseudonym."""
    first, last = plan.period.first, plan.period.last
    stays = Assignment.objects.filter(
        Q(last__isnull=True) | Q(last__gte=first), group__in=sorted(plan.groups), first__lte=last
    ).select_related("unit")
    away = Absence.objects.filter(first__lte=last, last__gte=first)
    rows = Employee.objects.filter(pk__in=stays.values("employee_id")).prefetch_related(
        Prefetch("assignments", stays, to_attr="stays_in_it"),
        Prefetch("absences", away, to_attr="away_in_it"),
    )
    return tuple(_person(row, plan) for row in rows.order_by("pseudonym"))


def _person(row: Any, plan: Plan) -> Person:
    end = min(plan.period.last, row.left) if row.left else plan.period.last
    placements = [
        Placement(
            first=stay.first, last=stay.last or max(end, stay.first), unit=stay.unit.code, group=stay.group,
            fte=exact(stay.fte), target=Fraction(stay.target_cents, 100),
        )
        for stay in row.stays_in_it
    ]  # fmt: skip
    absences = [Away(first=a.first, last=a.last, kind=a.kind) for a in row.away_in_it]
    return Person(
        id=row.pseudonym, placements=tuple(sorted(placements)), away=tuple(sorted(absences)),
        contract=row.contract, left=row.left, leave_reason=row.leave_reason,
    )  # fmt: skip


def gather(version: PlanVersion, part: int, *, now: datetime) -> tuple[Inputs, list[dict[str, Any]]]:
    """Everything that a run would read now: people, cells, KPIs, holds; and its readings. Writes nothing."""
    plan, settled = read_plan(version.document), part_of(version, part)
    measured = measure(version, plan, settled.first, settled.last)
    inputs = Inputs(
        people=people_of(plan), cells=measured.cells, kpis=measured.kpis,
        holds=holds_of(version, settled.period), window=settled.window, excluded=measured.excluded,
    )  # fmt: skip
    return inputs, measured.readings


def terms(version: PlanVersion) -> Mapping[str, int]:
    """Days of the plan's dispute rules: open_days, acknowledge_days, appeals."""
    usual = {"open_days": 30, "acknowledge_days": 5, "appeals": 1}
    written = version.document.get("disputes") or {}
    return {name: int(str(written.get(name, days))) for name, days in usual.items()}
