"""The ledger: entries are added under the lock of its head, each sealed over the one before; nothing else.

What the kinds do: awards, true-ups, reversals and roundings say what somebody is entitled to; a forfeit takes
from it for good; a hold and its release move when it is paid; a waive lets a debt go, a recovery keeps back
what was paid too much. An entry without a pay period is no payment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from viaggio.incentive.ledger import START, Broken, Entry, EntryKind, broken
from viaggio.web.incentive.models import LedgerEntry, LedgerHead
from viaggio.web.incentive.services.errors import LedgerBroken

AWARDED = (EntryKind.AWARD, EntryKind.TRUE_UP, EntryKind.REVERSAL, EntryKind.ROUNDING)
ENTITLED = (*AWARDED, EntryKind.FORFEIT)
HOLDING = (EntryKind.HOLD, EntryKind.RELEASE)

_CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be posted; cents may be negative, `note` is a code."""

    person: str
    period: str
    pay_period: str
    plan_version: str
    kind: EntryKind
    cents: int
    run: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """What checking the chain gave."""

    entries: int
    broken: tuple[Broken, ...]
    head_seq: int
    head_hash: str

    @property
    def whole(self) -> bool:
        """Whether every entry is as it was posted and none is missing."""
        return not self.broken


@transaction.atomic
def post(entries: Sequence[NewEntry], *, now: datetime) -> list[LedgerEntry]:
    """Add entries at the end of the chain, all or none. Raises `LedgerBroken`."""
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)  # writers queue here
    last = LedgerEntry.objects.order_by("-seq").first()
    if (head.seq, head.hash) != ((last.seq, last.hash) if last else (0, START)):
        raise LedgerBroken("the end of the ledger is not where its head says", place=f"ledger {head.seq}",
                           hint="Check the chain; nothing is posted until it is whole.")  # fmt: skip
    rows = []
    for new in entries:
        entry = Entry(
            seq=head.seq + 1, person=new.person, period=new.period, plan_version=new.plan_version,
            kind=new.kind, amount_cents=new.cents, run=new.run, previous=head.hash,
        )  # fmt: skip
        head.seq, head.hash = entry.seq, entry.hash
        rows.append(_row(entry, new, now))
    LedgerEntry.objects.bulk_create(rows, batch_size=_CHUNK)
    head.save(update_fields=["seq", "hash"])
    return rows


def _row(entry: Entry, new: NewEntry, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        seq=entry.seq, at=now, person=entry.person, period=entry.period, pay_period=new.pay_period,
        plan_version=entry.plan_version, kind=str(entry.kind), amount_cents=entry.amount_cents, run=entry.run,
        note=new.note, previous=entry.previous, hash=entry.hash,
    )  # fmt: skip


def summed(
    person: str, plan: str, period: str, kinds: Iterable[EntryKind] | None = None, note: str | None = None
) -> int:
    """Cents posted to a person for a plan's period, of these kinds (None: all)."""
    rows = LedgerEntry.objects.filter(person=person, period=period, plan_version__startswith=f"{plan}@")
    if kinds is not None:
        rows = rows.filter(kind__in=[str(kind) for kind in kinds])
    if note is not None:
        rows = rows.filter(note=note)
    return int(rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def by_person(plan: str, period: str, kinds: Iterable[EntryKind]) -> dict[str, int]:
    """Cents posted for a plan's period of these kinds, by person."""
    rows = LedgerEntry.objects.filter(
        period=period, plan_version__startswith=f"{plan}@", kind__in=[str(kind) for kind in kinds]
    )
    return {
        row["person"]: int(row["cents"])
        for row in rows.order_by().values("person").annotate(cents=Sum("amount_cents"))
    }


def entitled(person: str, plan: str, period: str) -> int:
    """Cents that a person has of a plan's period: awards and their corrections, less what was forfeited."""
    return summed(person, plan, period, ENTITLED)


def payable(person: str, plan: str, period: str) -> int:
    """Cents of a plan's period that were or will be paid to a person: entries with a pay period."""
    rows = LedgerEntry.objects.filter(person=person, period=period, plan_version__startswith=f"{plan}@")
    return int(rows.exclude(pay_period="").aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def entry_of(row: LedgerEntry) -> Entry:
    """The sealed noun of a row."""
    return Entry(
        seq=row.seq, person=row.person, period=row.period, plan_version=row.plan_version,
        kind=EntryKind(row.kind), amount_cents=row.amount_cents, run=row.run, previous=row.previous,
    )  # fmt: skip


@transaction.atomic
def check() -> ChainState:
    """Read the whole chain and say where it does not hold; a cut-off tail too."""
    head = LedgerHead.objects.filter(pk=1).first() or LedgerHead()
    known = set(EntryKind)
    found: list[Broken] = []
    count, end = 0, (0, START)

    def pairs() -> Iterable[tuple[Entry, str]]:
        nonlocal count, end
        for row in LedgerEntry.objects.order_by("seq").iterator(chunk_size=_CHUNK):
            count, end = count + 1, (row.seq, row.hash)
            if row.kind not in known:  # no kind of ours: somebody wrote it past us
                found.append(Broken(row.seq, "kind"))
                continue
            yield entry_of(row), row.hash

    found += broken(pairs())
    if end != (head.seq, head.hash):
        found.append(Broken(end[0] + 1, "head"))
    return ChainState(entries=count, broken=tuple(found), head_seq=head.seq, head_hash=head.hash)
