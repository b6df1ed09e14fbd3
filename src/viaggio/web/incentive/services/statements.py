"""Statements: the stored award, snapshot, readings and ledger of one person as one noun."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from viaggio.incentive import proration
from viaggio.incentive.exact import cents
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Person
from viaggio.incentive.run.pipeline import joined
from viaggio.incentive.run.results import GateState, gate_states
from viaggio.web.incentive.models import (
    Acknowledgement,
    AwardLine,
    Dispute,
    Employee,
    Flag,
    LedgerEntry,
    OrgUnit,
    Run,
    WelfareElection,
)
from viaggio.web.incentive.services.gathering import PartOf, part_of, parts_of, terms
from viaggio.web.incentive.services.holding import cents_in, touches
from viaggio.web.incentive.services.ledger import AWARDED
from viaggio.web.incentive.services.run_inputs import frozen_inputs
from viaggio.web.incentive.services.statement import (
    Goals,
    Posting,
    Statement,
    StatementAway,
    StatementDispute,
    StatementGate,
    StatementHold,
    StatementPool,
    StatementStay,
)
from viaggio.web.incentive.services.statement_tree import Readings, lines_of
from viaggio.web.incentive.services.stay_shares import shown_cells
from viaggio.web.incentive.services.taxing import tax_of
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right

READABLE = ("published", "exported", "locked", "superseded")


def runs_of(employee: Employee) -> Sequence[Run]:
    """Published runs that hold an award of this person, newest first."""
    rows = Run.objects.filter(awards__person=employee.pseudonym, published_at__isnull=False)
    return list(rows.select_related("version__plan").order_by("-first", "-last", "-number"))


def may_see(run: Run, employee: Employee, person: User) -> bool:
    """Whether this person may look: the own statement once published, or every one by right."""
    if may(person, Right.SEE_ALL_STATEMENTS):
        return True
    own = employee.user_id is not None and employee.user_id == person.pk
    return own and run.published_at is not None and may(person, Right.SEE_OWN_STATEMENT)


def read(run: Run, employee: Employee, *, by: User) -> Statement:
    """The statement for somebody who may see it; a look at another person's is recorded.

    Raises `PermissionDenied`.
    """
    if not may_see(run, employee, by):
        raise PermissionDenied(Right.SEE_ALL_STATEMENTS)
    if employee.user_id != by.pk:
        record(by, "incentive.statement.seen", employee.pseudonym, run=run.code)
    return statement_of(run, employee)


def statement_of(run: Run, employee: Employee) -> Statement:
    """The statement. It asks no rights and records nothing: use `read` for people.

    Raises `AwardLine.DoesNotExist` for somebody whom the run does not know.
    """
    award = AwardLine.objects.get(run=run, person=employee.pseudonym)
    return Writer(run).statement(award, employee)


class Writer:
    """Writes statements of one run: what all of them share is read once."""

    def __init__(self, run: Run) -> None:
        self.run = Run.objects.select_related("version__plan", "snapshot", "corrects").get(pk=run.pk)
        self.plan: Plan = read_plan(self.run.version.document)
        self.part: PartOf = part_of(self.run.version, self.run.part)
        self.inputs, self.people = frozen_inputs(self.run.snapshot_id, self.run.snapshot.text)
        units = {unit.pk: unit for unit in OrgUnit.objects.all()}
        self.names: Mapping[str, str] = {unit.code: unit.name or unit.code for unit in units.values()}
        self.readings = Readings.of(self.plan, self.inputs, self.run.snapshot.readings, self.names)
        self.flags = list(Flag.objects.filter(version=self.run.version, period=self.run.period))
        self.gates = tuple(self._gate(state) for state in gate_states(self.plan, self.inputs.kpis))
        newer = self.run.corrections.filter(published_at__isnull=False).order_by("-number").first()
        self.corrected_by = newer.code if newer else ""

    def statement(self, award: AwardLine, employee: Employee) -> Statement:
        """One person's statement."""
        run, version, plan = self.run, self.run.version, self.plan
        tree = award.tree
        person = self.people[award.person]
        stays = self._stays(person, tree)
        here, earlier, balance = self._postings(award.person)
        disputes = self._disputes(employee)
        held, welfare = cents_in(tree["held"]), self._welfare(employee)
        return Statement(
            run=run.code, run_pk=run.pk, run_number=run.number, run_state=run.state,
            corrects=run.corrects.code if run.corrects else "", cause=run.cause,
            corrected_by=self.corrected_by, person=award.person, status=award.status,
            plan=version.plan.code, plan_name=version.plan.name, version=version.number,
            legal_basis=str(plan.legal_basis), currency=plan.currency, period=run.period,
            first=run.first, last=run.last, part=run.part, parts=version.parts,
            plan_sha256=version.sha256, snapshot_sha256=run.snapshot_id, run_sha256=run.sha256,
            engine=run.engine, calculated_at=run.calculated_at, published_at=run.published_at,
            pay_date=run.pay_date, dispute_until=run.dispute_until,
            may_dispute=may_dispute(run, timezone.localdate(), disputes),
            unit=award.unit, unit_name=self.names.get(award.unit, award.unit),
            target_cents=sum(stay.target_cents for stay in stays),
            opportunity_cents=cents(Fraction(tree["opportunity"])), raw=Fraction(tree["raw"]),
            cents=award.cents, held_cents=held, payable_cents=award.cents - held, balance_cents=balance,
            individual_cap=plan.individual_cap, combination=str(plan.combination), stays=stays,
            away=self._away(person), lines=lines_of(tree, plan, self.readings), gates=self.gates,
            pool=self._pool(), postings=here, earlier=earlier, holds=self._holds(tree),
            disputes=disputes, tax=tax_of(run, plan, tree, employee, welfare), welfare_cents=welfare,
            goals=self._goals(employee), small=self.readings.small(line["unit"] for line in tree["lines"]),
        )  # fmt: skip

    def _stays(self, person: Person, tree: Mapping[str, Any]) -> tuple[StatementStay, ...]:
        """Each stay with its days, as the engine counted them."""
        plan, part = self.plan, self.part
        first = max(plan.accrues_from or part.first, part.first)
        whole = proration.days_between(part.first, part.last, plan.day_count)
        rules = {name: (rule.lost, rule.protected) for name, rule in plan.absences.items()}
        losses = proration.losses(rules, ((a.first, a.last, a.kind) for a in person.away))
        found = []
        for stay in joined(person.placements):
            span = proration.Stay(stay.first, stay.last, stay.unit, stay.fte)
            days = proration.weighted_days(span, losses, first, part.last, plan.day_count)
            counts = award_counts(tree)
            share = part.share * days / whole if counts else Fraction(0)
            factor = tree["factors"].get(f"{stay.unit}:{stay.first.isoformat()}")
            found.append(
                StatementStay(
                    unit=stay.unit, unit_name=self.names.get(stay.unit, stay.unit), group=stay.group,
                    first=stay.first, last=stay.last, fte=stay.fte, target_cents=cents(stay.target),
                    days=days, period_days=whole, share=share,
                    opportunity_cents=cents(stay.target * share),
                    factor=None if factor is None else Fraction(factor),
                )
            )  # fmt: skip
        return tuple(found)

    def _away(self, person: Person) -> tuple[StatementAway, ...]:
        within = [a for a in person.away if a.first <= self.part.last and a.last >= self.part.first]
        return tuple(
            StatementAway(
                kind=a.kind, first=a.first, last=a.last, lost=self.plan.absences[a.kind].lost,
                protected=self.plan.absences[a.kind].protected,
            )
            for a in sorted(within)
        )  # fmt: skip

    def _gate(self, state: GateState) -> StatementGate:
        gate = state.gate
        return StatementGate(
            kpi=gate.kpi, sign=gate.sign, threshold=gate.threshold, value=self.inputs.kpis.get(gate.kpi),
            state="missing" if state.missing else "failed" if state.failed else "passed",
            level=str(gate.level), name=gate.name, effect=str(gate.effect.kind),
            effect_amount=gate.effect.amount if str(gate.effect.kind) in {"cap", "factor"} else None,
            source=self.readings.kpi(gate.kpi),
        )  # fmt: skip

    def _pool(self) -> StatementPool | None:
        outcome = self.run.outcome
        if self.plan.pool is None:
            return None
        return StatementPool(
            cents=cents_in(outcome["pool"]) if outcome["pool"] is not None else 0,
            factor=Fraction(outcome["lambda"]), binds=outcome["pool_binds"],
            unspent_cents=0 if self._tells_of_few else cents_in(outcome["unspent"]),
        )  # fmt: skip

    @cached_property
    def _tells_of_few(self) -> bool:
        """Whether what is left of the pool would tell how a few awards differ from an older version."""
        return self.run.corrects_id is not None and shown_cells(self.run).closed.total

    def _postings(self, person: str) -> tuple[tuple[Posting, ...], tuple[Posting, ...], int]:
        """Entries of this period, those of the plan's other periods, and what is awarded by the ledger."""
        plan = self.run.version.plan.code
        rows = LedgerEntry.objects.filter(person=person, plan_version__startswith=f"{plan}@").order_by("seq")
        found = [_posting(row) for row in rows]
        periods = {self.run.period}
        if self.part.settlement:
            periods |= {part.period for part in parts_of(self.run.version)}
        balance = sum(p.cents for p in found if p.period in periods and p.kind in set(map(str, AWARDED)))
        here = tuple(posting for posting in found if posting.period == self.run.period)
        return here, tuple(posting for posting in found if posting.period != self.run.period), balance

    def _holds(self, tree: Mapping[str, Any]) -> tuple[StatementHold, ...]:
        """Decisions on flags that touch lines of this person; open proposals are nobody's business yet."""
        found = []
        for flag in self.flags:
            amount = sum(cents_in(line["amount"]) for line in tree["lines"] if touches(flag, line))
            if amount and flag.state != "open":
                found.append(
                    StatementHold(
                        detector=flag.detector, unit=flag.unit, measure=flag.measure, state=flag.state,
                        cents=amount, due_at=flag.due_at, decided_at=flag.decided_at, reason=flag.reason,
                    )
                )  # fmt: skip
        return tuple(found)

    def _disputes(self, employee: Employee) -> tuple[StatementDispute, ...]:
        rows = Dispute.objects.filter(run=self.run, employee=employee).select_related("correction")
        appealed = set(rows.filter(appeals__isnull=False).values_list("appeals_id", flat=True))
        appeals = terms(self.run.version)["appeals"]
        return tuple(
            StatementDispute(
                pk=row.pk, line=row.line, reason=row.reason, text=row.text, state=row.state,
                opened_at=row.opened_at, acknowledge_by=row.acknowledge_by,
                acknowledged_at=row.acknowledged_at, decided_at=row.decided_at, answer=row.answer,
                correction=row.correction.code if row.correction else "", closed_at=row.closed_at,
                is_appeal=row.appeals_id is not None,
                may_appeal=bool(appeals) and row.decided_at is not None and row.appeals_id is None
                and row.pk not in appealed,
            )
            for row in rows.order_by("opened_at", "pk")
        )  # fmt: skip

    def _welfare(self, employee: Employee) -> int:
        row = WelfareElection.objects.filter(run=self.run, employee=employee).first()
        return row.cents if row else 0

    def _goals(self, employee: Employee) -> Goals:
        row = Acknowledgement.objects.filter(version=self.run.version, employee=employee).first()
        return Goals(
            delivered_at=row.delivered_at if row else None,
            acknowledged_at=row.acknowledged_at if row else None,
        )


def award_counts(tree: Mapping[str, Any]) -> bool:
    """Whether somebody takes part."""
    return str(tree["status"]) == "ok"


def may_dispute(run: Run, today: date, disputes: Iterable[StatementDispute]) -> bool:
    """Whether the window is open and nothing about the statement is disputed already."""
    if run.published_at is None or run.dispute_until is None or today > run.dispute_until:
        return False
    return all(dispute.state == "closed" for dispute in disputes)


def _posting(row: LedgerEntry) -> Posting:
    return Posting(
        seq=row.seq, at=row.at, kind=row.kind, cents=row.amount_cents, period=row.period,
        pay_period=row.pay_period, plan_version=row.plan_version, run=row.run, note=row.note, hash=row.hash,
    )  # fmt: skip
