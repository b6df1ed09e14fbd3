"""What a run posts: awards, advances and their settlement, true-ups, waivers, recoveries, holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from viaggio.incentive.exact import cents
from viaggio.incentive.ledger import EntryKind, Settlement, recoveries, settled, true_up, waived
from viaggio.incentive.plan import Plan, read_plan
from viaggio.web.incentive.models import AwardLine, LedgerEntry, Run
from viaggio.web.incentive.services.gathering import part_of, parts_of
from viaggio.web.incentive.services.holding import moves
from viaggio.web.incentive.services.ledger import AWARDED, NewEntry, by_person

ON_ACCOUNT, SETTLEMENT, WAIVED, OWED = "on_account", "settlement", "waived", "owed"
"""Notes of entries: an advance, the year's settlement, a debt let go, a debt kept back from later awards."""

UNPAID = ""
"""Pay period of an entry that is no payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posting:
    """A run on its way into the ledger: whether it is the first of its period, and an advance."""

    run: Run
    plan: Plan
    pay_period: str
    first: bool
    advance: bool

    def entry(
        self, person: str, kind: EntryKind, amount: int, note: str = "", *, paid: bool = True
    ) -> NewEntry:
        """An entry of this run; one that is not paid belongs to no pay period."""
        return NewEntry(
            person=person, kind=kind, cents=amount, note=note, period=self.run.period,
            pay_period=self.pay_period if paid else UNPAID, plan_version=self.plan.name, run=self.run.code,
        )  # fmt: skip


def entries_of(run: Run, pay_period: str) -> list[NewEntry]:
    """Everything that publishing a run adds to the ledger, person by person."""
    plan, part = read_plan(run.version.document), part_of(run.version, run.part)
    posting = _Posting(
        run=run, plan=plan, pay_period=pay_period, first=run.corrects_id is None, advance=part.advance
    )
    awards = list(AwardLine.objects.filter(run=run).order_by("person"))
    known = {award.person: award.cents for award in awards}
    posted = posted_before(run)
    found: list[NewEntry] = []
    for person in sorted({*known, *posted}):
        found += _award(posting, person, known.get(person), posted.get(person, []))
    found += _recovered(posting, found)
    return [*found, *moves(run, awards, pay_period)]


def posted_before(run: Run) -> dict[str, list[int]]:
    """What the ledger awarded for this period already, by person; for a settlement, the advances too."""
    plan = run.version.plan.code
    parts = parts_of(run.version)
    periods = [run.period]
    if any(part.settlement and part.part == run.part for part in parts):
        periods += [part.period for part in parts if part.advance]
    found: dict[str, list[int]] = {}
    for period in periods:
        for person, amount in by_person(plan, period, AWARDED).items():
            found.setdefault(person, []).append(amount)
    return found


def _award(posting: _Posting, person: str, award: int | None, posted: list[int]) -> Iterator[NewEntry]:
    """The difference between the award (None: no longer in the run) and what was posted."""
    if true_up(award or 0, posted) == 0:
        return
    if posting.first and posted and posting.plan.on_account:
        yield from _settled(posting, person, award or 0, posted, posting.plan.on_account.settlement)
    elif posting.first and not posted:
        note = ON_ACCOUNT if posting.advance else ""
        yield posting.entry(person, EntryKind.AWARD, award or 0, note)
    else:
        kind = EntryKind.REVERSAL if award is None else EntryKind.TRUE_UP
        yield from _corrected(posting, person, kind, true_up(award or 0, posted))


def _settled(
    posting: _Posting, person: str, award: int, advances: list[int], policy: Settlement
) -> Iterator[NewEntry]:
    """The year's award less the advances; too much paid is let go or owed, as the plan says."""
    paid, owed = settled(award, advances, policy)
    if paid:
        yield posting.entry(person, EntryKind.AWARD, paid, SETTLEMENT)
        return
    short = true_up(award, advances)
    yield posting.entry(person, EntryKind.AWARD, short, OWED if owed else SETTLEMENT, paid=False)
    if not owed:
        yield posting.entry(person, EntryKind.WAIVE, -short, SETTLEMENT, paid=False)


def _corrected(posting: _Posting, person: str, kind: EntryKind, difference: int) -> Iterator[NewEntry]:
    """A correction: upwards it is paid; downwards let go when small, else owed or taken at once."""
    retro = posting.plan.retro
    if waived(difference, cents(retro.waive_below)):
        yield posting.entry(person, kind, difference, WAIVED, paid=False)
        yield posting.entry(person, EntryKind.WAIVE, -difference, WAIVED, paid=False)
    elif difference < 0 and retro.recovery_share > 0:
        yield posting.entry(person, kind, difference, OWED, paid=False)
    else:
        yield posting.entry(person, kind, difference)


def owed_by(plan: str) -> dict[str, int]:
    """Cents that people owe under a plan from corrections downwards, less what was kept back."""
    rows = LedgerEntry.objects.filter(plan_version__startswith=f"{plan}@")
    debts = rows.filter(note=OWED).exclude(kind=str(EntryKind.RECOVERY))
    kept = rows.filter(kind=str(EntryKind.RECOVERY))
    found: dict[str, int] = {}
    for sign, some in ((-1, debts), (1, kept)):
        for row in some.order_by().values("person").annotate(cents=Sum("amount_cents")):
            found[row["person"]] = found.get(row["person"], 0) + sign * int(row["cents"])
    return {person: amount for person, amount in found.items() if amount > 0}


def _recovered(posting: _Posting, entries: Sequence[NewEntry]) -> Iterator[NewEntry]:
    """What is kept back of these awards from people who owe: at most the plan's share of each."""
    owed = owed_by(posting.run.version.plan.code)
    share = posting.plan.retro.recovery_share or Fraction(1)
    for entry in entries:
        if entry.kind is EntryKind.AWARD and entry.cents > 0 and owed.get(entry.person):
            (kept,), _left = recoveries(owed[entry.person], [entry.cents], share)
            if kept:
                yield posting.entry(entry.person, EntryKind.RECOVERY, -kept, OWED)
