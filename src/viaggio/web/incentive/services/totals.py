"""What a unit, a function or the company earned: small groups are hidden so that nobody can subtract them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.core.exceptions import PermissionDenied

from viaggio.incentive.exact import cents
from viaggio.web.incentive.models import AwardLine, Flag, OrgUnit, Run
from viaggio.web.incentive.services.run_inputs import frozen_inputs
from viaggio.web.incentive.services.statement import StatementLine
from viaggio.web.incentive.services.statement_tree import hidden_cells, lines_of
from viaggio.web.incentive.services.statements import Writer
from viaggio.web.incentive.services.stay_shares import TABLES, StayShare, earlier, grouped, shown_cells
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTotal:
    """A group of people in a run. People and cents are None where the group is hidden."""

    code: str
    name: str
    people: int | None
    cents: int | None
    held_cents: int | None
    target_cents: int | None
    hidden: bool

    @property
    def mean_cents(self) -> int | None:
        """Cents a head, halves up."""
        if self.cents is None or not self.people:
            return None
        return cents(Fraction(self.cents, 100 * self.people))

    @property
    def of_target(self) -> Fraction | None:
        """Awards as a part of what 100 % would have paid."""
        if self.cents is None or not self.target_cents:
            return None
        return Fraction(self.cents, self.target_cents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A run in aggregates for the works council. Who moved has a part of the award in each unit.

    `hidden`: so few awards differ from an earlier version that even the sum would tell them; whoever does not
    handle pay has no `people`, `cents` and `held_cents` then (`run_readers`).
    `flags`: detector, state, how many, without cells. `disputes`: state, how many.
    """

    run: str
    people: int | None
    cents: int | None
    held_cents: int | None
    hidden: bool
    by_unit: tuple[GroupTotal, ...]
    by_group: tuple[GroupTotal, ...]
    by_gender: tuple[GroupTotal, ...]
    by_working_time: tuple[GroupTotal, ...]
    flags: tuple[tuple[str, str, int], ...]
    disputes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTotal:
    """One measure as it stands in a run: for whom it counts, and its figure where it may be shown."""

    measure: str
    unit: str
    unit_name: str
    n: int | None
    value: str | None
    hidden: bool
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCell:
    """What the head of a unit sees of it: people and cents together, its lines, no single person.

    `lines` have no cents of a person: each stands for its measure, once for each group, and is empty where
    the unit is too small.
    """

    unit: str
    unit_name: str
    total: GroupTotal
    lines: tuple[StatementLine, ...]
    measures: tuple[MeasureTotal, ...]


def units_of(person: User) -> Sequence[OrgUnit]:
    """Units that this person heads."""
    return list(OrgUnit.objects.filter(head=person).order_by("code"))


def totals(run: Run) -> Totals:
    """A run in aggregates.

    Groups below the plan's least number of people are hidden, and so are others from which one of them could
    be had by subtraction, in any of the tables or from what an earlier version of the settlement showed.
    """
    found = shown_cells(run)
    names = dict(OrgUnit.objects.values_list("code", "name"))
    shown = [
        _table(grouped(found.shares, of), names, gone)
        for of, gone in zip(TABLES, found.closed.gone, strict=True)
    ]
    flags = Counter(
        Flag.objects.filter(version=run.version, period=run.period).values_list("detector", "state")
    )
    disputes = Counter(run.disputes.values_list("state", flat=True))
    return Totals(
        run=run.code, people=_people(found.shares), cents=sum(one.cents for one in found.shares),
        held_cents=sum(one.held_cents for one in found.shares), hidden=found.closed.total,
        by_unit=shown[0], by_group=shown[1], by_gender=shown[2], by_working_time=shown[3],
        flags=tuple((detector, state, n) for (detector, state), n in sorted(flags.items())),
        disputes=tuple(sorted(disputes.items())),
    )  # fmt: skip


def _table(
    groups: Mapping[str, Sequence[StayShare]], names: Mapping[str, str], gone: frozenset[str]
) -> tuple[GroupTotal, ...]:
    return tuple(
        _total(code, names.get(code) or code, groups[code], is_hidden=code in gone) for code in sorted(groups)
    )


def _total(code: str, name: str, shares: Sequence[StayShare], *, is_hidden: bool) -> GroupTotal:
    if is_hidden:
        return GroupTotal(
            code=code, name=name, people=None, cents=None, held_cents=None, target_cents=None, hidden=True
        )
    return GroupTotal(
        code=code, name=name, people=_people(shares), cents=sum(one.cents for one in shares),
        held_cents=sum(one.held_cents for one in shares),
        target_cents=sum(one.target_cents for one in shares), hidden=False,
    )  # fmt: skip


def _people(shares: Iterable[StayShare]) -> int:
    return len({one.person for one in shares})


def own_cell(run: Run, unit: OrgUnit, *, by: User) -> OwnCell:
    """A unit's own aggregate for its head. Raises `PermissionDenied` for other people's units.

    It is hidden wherever the works council's table hides it, so that two readers together know no more.
    """
    allow(by, Right.SEE_CELL)
    if unit.head_id != by.pk and not may(by, Right.SEE_ALL_STATEMENTS):
        raise PermissionDenied(Right.SEE_CELL)
    writer = Writer(run)
    shown = {total.code: total for total in totals(run).by_unit}
    nothing = GroupTotal(
        code=unit.code, name=unit.name, people=None, cents=None, held_cents=None, target_cents=None,
        hidden=True,
    )  # fmt: skip
    total = shown.get(unit.code, nothing)
    record(by, "incentive.cell.seen", unit, run=run.code)
    return OwnCell(
        unit=unit.code, unit_name=unit.name, total=total,
        lines=() if total.hidden else _lines(writer, unit.code),
        measures=tuple(one for one in measures(run, writer) if one.unit in {"", unit.code}),
    )  # fmt: skip


def _lines(writer: Writer, unit: str) -> tuple[StatementLine, ...]:
    """Each line of the unit once for each group; its cents are those of all people of the unit together."""
    found: dict[tuple[str, str, str], StatementLine] = {}
    added: Counter[tuple[str, str, str]] = Counter()
    for award in AwardLine.objects.filter(run=writer.run).order_by("person"):
        for line in lines_of(award.tree, writer.plan, writer.readings):
            if line.unit == unit:
                key = (line.group, line.section, line.measure)
                found.setdefault(key, line)
                added[key] += line.cents
    return tuple(
        replace(line, place="", cents=added[key], first=writer.part.first, last=writer.part.last)
        for key, line in sorted(found.items())
    )


def measures(run: Run, writer: Writer | None = None) -> tuple[MeasureTotal, ...]:
    """The measures of a run; cells too small are hidden, and those with them from which they would follow.

    What an earlier version of the settlement hid stays hidden, so that the two can not be subtracted.
    """
    writer = writer or Writer(run)
    hidden = writer.readings.too_small | _hidden_before(writer)
    found = []
    for (measure, unit, window), source in sorted(writer.readings.rows.items()):
        if window != "period":
            continue
        small = (measure, unit) in hidden
        found.append(
            MeasureTotal(
                measure=measure, unit=unit, unit_name=source.unit_name, n=None if small else source.base,
                value=None if small else source.value, hidden=small, page="" if small else source.page,
            )
        )  # fmt: skip
    return tuple(found)


def _hidden_before(writer: Writer) -> set[tuple[str, str]]:
    return {
        cell
        for version in earlier(writer.run)
        for cell in hidden_cells(
            writer.plan, frozen_inputs(version.snapshot_id, version.snapshot.text)[0].cells
        )
    }
