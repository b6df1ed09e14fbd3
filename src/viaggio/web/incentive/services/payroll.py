"""What goes to pay-roll: posted entries with the sealed identity of each person, the same file every time."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.ledger import EntryKind
from viaggio.incentive.payroll import Payment, PayrollRow, Trailer, payroll_rows
from viaggio.incentive.plan import read_plan
from viaggio.store.incentives.payroll_file import write_payroll
from viaggio.web.incentive.models import (
    AwardLine,
    Employee,
    IncentivePlan,
    LedgerEntry,
    PayrollExport,
    Run,
    WelfareElection,
)
from viaggio.web.incentive.services.country import rules
from viaggio.web.incentive.services.errors import NotThatState
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.incentive.services.pay_parts import Divided, divided
from viaggio.web.incentive.services.staff import unsealed
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import company_currency

FORMS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollFile:
    """The file of one pay period: rows with their trailer, and whether it adds up to the ledger.

    `unknown` names pseudonyms without a pay-roll identity: their rows carry the pseudonym instead.
    """

    pay_period: str
    rows: tuple[PayrollRow, ...]
    trailer: Trailer
    until_seq: int
    ledger_cents: int
    unknown: tuple[str, ...]
    currency: str

    @property
    def adds_up(self) -> bool:
        """Whether the trailer equals the ledger."""
        return self.trailer.total_cents == self.ledger_cents


def pay_periods() -> Sequence[str]:
    """Pay periods that the ledger names, newest first."""
    rows = LedgerEntry.objects.exclude(pay_period="").order_by("-pay_period")
    return list(rows.values_list("pay_period", flat=True).distinct())


def gather(pay_period: str, *, by: User) -> PayrollFile:
    """The file of a pay period from the ledger. Raises `NoKey`, `NotThatState` when nothing is paid in it.

    `BadPlan` where something under a tax regime is paid in a year whose rules nobody wrote.
    """
    allow(by, Right.EXPORT_PAYROLL)
    entries = list(LedgerEntry.objects.filter(pay_period=pay_period).order_by("seq"))
    if not pay_period or not entries:
        raise NotThatState("nothing is paid in this period", place=pay_period, hint="Choose another.")
    names = {entry.person for entry in entries}
    known = unsealed(list(Employee.objects.filter(pseudonym__in=names)), by=by)
    welfare = _welfare(entries)
    currency = _currency(entries)
    centres = {person: who.cost_centre for person, who in known.items() if who.cost_centre}
    parts = divided(_of_year(entries, names), rules(), centres)
    rows, trailer = payroll_rows(
        (
            _payment(entry, known.get(entry.person), parts[entry.seq], welfare.get(entry.seq, 0))
            for entry in entries
        ),
        currency=currency,
    )
    total = LedgerEntry.objects.filter(pay_period=pay_period).aggregate(cents=Sum("amount_cents"))["cents"]
    return PayrollFile(
        pay_period=pay_period, rows=rows, trailer=trailer, until_seq=entries[-1].seq,
        ledger_cents=int(total or 0), unknown=tuple(sorted(names - known.keys())), currency=currency,
    )  # fmt: skip


def _currency(entries: Sequence[LedgerEntry]) -> str:
    """The currency of the plans that pay; several do not go into one file."""
    codes = {entry.plan_version.rpartition("@")[0] for entry in entries}
    found = set()
    for plan in IncentivePlan.objects.filter(code__in=codes).prefetch_related("versions"):
        found |= {read_plan(version.document).currency for version in plan.versions.all()}
    if len(found) > 1:
        raise BadAmount("amounts in several currencies are not added up", hint="Pay them in other periods.")
    return next(iter(found), company_currency())


def _of_year(entries: Sequence[LedgerEntry], people: Iterable[str]) -> list[LedgerEntry]:
    """These entries with what their people were paid earlier in the same year: it used the same limit."""
    period = entries[0].pay_period
    earlier = LedgerEntry.objects.filter(
        pay_period__startswith=period[:4], pay_period__lt=period, person__in=sorted(people)
    )
    return [*earlier, *entries]


def _payment(entry: LedgerEntry, identity: Identity | None, divided: Divided, welfare: int) -> Payment:
    return Payment(
        seq=entry.seq, payroll_id=identity.payroll_id if identity else entry.person,
        period=entry.pay_period, origin=entry.period, kind=EntryKind(entry.kind),
        amount_cents=entry.amount_cents, run=entry.run, parts=divided.parts, welfare_cents=welfare,
        limit_used_cents=divided.limit_used_cents,
    )  # fmt: skip


def _welfare(entries: Sequence[LedgerEntry]) -> dict[int, int]:
    """Cents of each award that its person takes as welfare, by entry; never more than is paid now."""
    chosen = {
        (row.run.code, row.employee.pseudonym): row.cents
        for row in WelfareElection.objects.select_related("run", "employee")
    }
    held: dict[tuple[str, str], int] = {}
    for entry in entries:
        if entry.amount_cents < 0:
            key = (entry.run, entry.person)
            held[key] = held.get(key, 0) + entry.amount_cents
    found = {}
    for entry in entries:
        key = (entry.run, entry.person)
        if entry.kind == EntryKind.AWARD and key in chosen:
            found[entry.seq] = max(0, min(chosen[key], entry.amount_cents + held.get(key, 0)))
    return found


@transaction.atomic
def export(pay_period: str, form: str, *, by: User, now: datetime) -> tuple[bytes, PayrollExport]:
    """The file as `csv` or `xlsx`, recorded; made again it is the same, byte by byte. Raises `NoKey`.

    Its runs count as exported from then on: welfare can no longer be chosen.
    """
    if form not in FORMS:
        raise NotThatState(f"'{form}' is no form", place="form", hint=f"Known: {', '.join(FORMS)}.")
    file = gather(pay_period, by=by)
    if not file.adds_up:
        raise BadAmount("the file does not add up to the ledger", place=pay_period, hint="Check the ledger.")
    out = io.BytesIO()
    write_payroll(file.rows, file.trailer, out, currency=file.currency, excel=form == "xlsx")
    made = PayrollExport.objects.create(
        pay_period=pay_period, made_by=by, made_at=now, rows=file.trailer.count,
        total_cents=file.trailer.total_cents, until_seq=file.until_seq,
        sha256=hashlib.sha256(out.getvalue()).hexdigest(),
    )  # fmt: skip
    Run.objects.filter(code__in={row.run_id for row in file.rows}, state="published").update(state="exported")
    record(by, "incentive.payroll.exported", pay_period, rows=made.rows, cents=made.total_cents,
           sha256=made.sha256)  # fmt: skip
    return out.getvalue(), made


@transaction.atomic
def elect_welfare(run: Run, employee: Employee, cents: int, *, by: User, now: datetime) -> WelfareElection:
    """Take so many cents of the own award as welfare, until the run is exported.

    Raises `BadAmount` for more than is paid, `NotThatState` afterwards, `PermissionDenied`.
    """
    allow(by, Right.SEE_OWN_STATEMENT)
    if employee.user_id is None or employee.user_id != by.pk:
        raise PermissionDenied(Right.SEE_OWN_STATEMENT)
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state != "published":
        raise NotThatState(f"the run is {held.state}", place=held.code, hint="Ask the staff office.")
    award = AwardLine.objects.get(run=held, person=employee.pseudonym)
    if not 0 <= cents <= award.cents - award.held_cents:
        raise BadAmount("more is taken as welfare than is paid", hint="Choose at most the payable amount.")
    made, _new = WelfareElection.objects.update_or_create(
        run=held, employee=employee, defaults={"cents": cents, "elected_at": now}
    )
    record(by, "incentive.welfare.elected", held.code, cents=cents)
    return made
