"""What each stay gave: an award in parts, each in the unit, group and working time in which it was earned.

The parts of an award add up to it. They are what totals are made of, and what several versions of a
settlement are compared by.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from viaggio.incentive.exact import apportion, cents, exact
from viaggio.incentive.hiding import hidden_groups
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Person, Placement, Status, Window
from viaggio.incentive.run.pipeline import opportunities
from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.incentive.services.differencing import Closed, Group, closed_with
from viaggio.web.incentive.services.gathering import part_of
from viaggio.web.incentive.services.holding import cents_in
from viaggio.web.incentive.services.run_inputs import frozen_inputs

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class StayShare:
    """What one stay gave one person, and what is looked at it by. `key` is the same where all of it is."""

    person: str
    unit: str
    group: str
    gender: str
    full_time: bool
    cents: int
    held_cents: int
    target_cents: int
    place: int = 0

    @property
    def key(self) -> str:
        """The person first; two versions of a settlement share the keys of what did not change."""
        told = (self.unit, self.group, self.gender, self.full_time, self.cents, self.held_cents,
                self.target_cents, self.place)  # fmt: skip
        return SEPARATOR.join((self.person, *map(str, told)))


def person_of(key: str) -> str:
    """Whose share it is."""
    return key.partition(SEPARATOR)[0]


TABLES: tuple[Callable[[StayShare], str], ...] = (
    lambda share: share.unit,
    lambda share: share.group,
    lambda share: share.gender,
    lambda share: "full" if share.full_time else "part",
)
"""By what totals are cut: unit, plan group, gender, working time."""


def shares_of(run: Run) -> list[StayShare]:
    """The shares of everybody whom a run knows, by person; who gets nothing has a share of nothing."""
    plan, window = read_plan(run.version.document), part_of(run.version, run.part).window
    _inputs, people = frozen_inputs(run.snapshot_id, run.snapshot.text)
    genders = dict(Employee.objects.values_list("pseudonym", "gender"))
    found: list[StayShare] = []
    for award in AwardLine.objects.filter(run=run).order_by("person"):
        stays = _stays(plan, people[award.person], Status(award.status), window, run)
        found += _of_award(award, stays, genders.get(award.person, ""))
    return found


def _stays(
    plan: Plan, person: Person, status: Status, window: Window | None, run: Run
) -> list[tuple[Placement, Fraction]]:
    """Stays that earned something, with the opportunity of each; else the last that had begun."""
    known = opportunities(plan, person, status, window)
    earning = [(stay, opportunity) for stay, opportunity in known if opportunity]
    begun = [(stay, opportunity) for stay, opportunity in known if stay.first <= run.last]
    return earning or (begun or known)[-1:]


def _of_award(
    award: AwardLine, stays: Sequence[tuple[Placement, Fraction]], gender: str
) -> Iterable[StayShare]:
    paid, held = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for line in award.tree["lines"]:
        place = (line["unit"], line["group"], line["from"])
        paid[place] += cents_in(line["amount"])
        held[place] += cents_in(line["amount"]) if line["held"] else 0
    whole = cents(exact(award.tree["opportunity"])) if any(worth for _, worth in stays) else 0
    targets = apportion(whole, {f"{at:04d}": worth for at, (_, worth) in enumerate(stays)})
    for at, (stay, _worth) in enumerate(stays):
        place = (stay.unit, stay.group, stay.first.isoformat())
        yield StayShare(
            person=award.person, unit=stay.unit, group=stay.group, gender=gender, full_time=stay.fte == 1,
            cents=paid[place], held_cents=held[place], target_cents=targets[f"{at:04d}"], place=at,
        )  # fmt: skip


def grouped(shares: Iterable[StayShare], of: Callable[[StayShare], str]) -> dict[str, list[StayShare]]:
    """The shares of each group of one table."""
    groups: dict[str, list[StayShare]] = {}
    for share in shares:
        groups.setdefault(of(share), []).append(share)
    return groups


@dataclass(frozen=True, slots=True)
class ShownCells:
    """Of one version of a settlement: its shares, which groups of each table are hidden, and the total."""

    shares: Sequence[StayShare]
    closed: Closed

    def shown(self) -> list[Group]:
        """The members of every cell that is shown."""
        tables = [_members(grouped(self.shares, of)) for of in TABLES]
        cells = [group for table, gone in zip(tables, self.closed.gone, strict=True)
                 for name, group in table.items() if name not in gone]  # fmt: skip
        everybody = frozenset(share.key for share in self.shares)
        return cells if self.closed.total else [*cells, everybody]


def _members(table: Mapping[str, Sequence[StayShare]]) -> dict[str, Group]:
    return {name: frozenset(share.key for share in some) for name, some in table.items()}


def earlier(run: Run) -> list[Run]:
    """Versions of the same settlement that were published before this one, the oldest first."""
    rows = Run.objects.filter(
        version=run.version, part=run.part, number__lt=run.number, published_at__isnull=False
    )
    return list(rows.select_related("version__plan", "snapshot").order_by("number"))


def shown_cells(run: Run) -> ShownCells:
    """What of a settlement may be shown beside all its earlier versions, so that nothing small follows.

    A small group is one of fewer people than the plan shows, in any of the tables or between two versions.
    """
    known: list[Group] = []
    for version in earlier(run):
        known += _shown_beside(version, known).shown()
    return _shown_beside(run, known)


def _shown_beside(run: Run, known: Sequence[Group]) -> ShownCells:
    least = read_plan(run.version.document).guard_rails.k_headcount
    shares = shares_of(run)
    tables = [_members(grouped(shares, of)) for of in TABLES]
    return ShownCells(shares, _closed(_Tables(tables), least, frozenset(known)))


class _Tables:
    """Tables that can be remembered: equal where every group has the same members."""

    def __init__(self, tables: Sequence[Mapping[str, Group]]) -> None:
        self.tables = tables
        self._content = tuple(frozenset(table.items()) for table in tables)

    def __hash__(self) -> int:
        return hash(self._content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tables) and self._content == other._content


@lru_cache(maxsize=64)
def _closed(tables: _Tables, least: int, known: frozenset[Group]) -> Closed:
    hidden = hidden_groups(tables.tables, least, _people)
    ordered = sorted(known, key=sorted)
    return closed_with(tables.tables, hidden, least, person=person_of, known=ordered)


def _people(members: Group) -> int:
    return len({person_of(key) for key in members})
