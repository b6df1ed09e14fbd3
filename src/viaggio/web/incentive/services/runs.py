"""Runs: a snapshot is frozen, the plan computed, checked again, approved by somebody else, published.

Steps S0 to S14 are kept with each run: S0 freeze, S1 eligibility, S2 proration, S3 measures, S4 guard rails,
S5 curves, S6 combination, S7 gates, S8 raw awards, S9 caps, S10 pool, S11 cents, S12 holds, S13 approval,
S14 ledger.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from viaggio import __version__
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.plan.document import canonical
from viaggio.incentive.run import Frozen, Inputs, Outcome, snapshot_text
from viaggio.incentive.run import calculate as computed
from viaggio.store.incentives import Difference, Verified, compare_runs
from viaggio.store.incentives.rereading import inputs_from
from viaggio.store.incentives.run_file import FORM, outcome_data
from viaggio.store.incentives.run_file import verify as verified
from viaggio.web.incentive.models import AwardLine, Employee, Flag, PlanVersion, Run, Snapshot
from viaggio.web.incentive.services import ledger, statement_mail
from viaggio.web.incentive.services.errors import (
    Missing,
    NamesSomebody,
    NotThatState,
    NotVerified,
    SamePerson,
)
from viaggio.web.incentive.services.gathering import PartOf, gather, part_of, parts_of, terms
from viaggio.web.incentive.services.posting import entries_of
from viaggio.web.incentive.services.run_steps import APPROVAL, LEDGER, steps_of, with_step
from viaggio.web.shared.audit import SYSTEM, record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

__all__ = [
    "STEPS", "PartOf", "approve", "calculate", "compare", "correct", "document", "gather", "lock", "parts_of",
    "publish", "steps", "verify",
]  # fmt: skip

STEPS = ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S14")
OPEN = ("calculated", "verified", "approved")
IN_LEDGER = ("published", "exported", "locked")
_CHUNK = 500


@transaction.atomic
def calculate(version: PlanVersion, part: int, *, by: User, now: datetime) -> Run:
    """Freeze the inputs and compute a part of the period; an older run that nobody published is superseded.

    Raises `NotThatState` for a version that is not published or a part that was (see `correct`), and what the
    engine raises.
    """
    allow(by, Right.RUN_INCENTIVES)
    held = PlanVersion.objects.select_for_update().select_related("plan").get(pk=version.pk)
    if held.published_at is None:
        raise NotThatState(f"the plan is {held.state}", place=str(held), hint="Publish it first.")
    settled = part_of(held, part)
    if Run.objects.filter(version=held, part=part, state__in=IN_LEDGER).exists():
        raise NotThatState("this part is published", place=settled.period, hint="Correct it instead.")
    inputs, readings = gather(held, part, now=now)
    Run.objects.filter(version=held, part=part, state__in=OPEN).update(state="superseded")
    return _saved(held, settled, _Computed.of(held, inputs, readings), by=by, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """Inputs with what came of them."""

    plan: Plan
    inputs: Inputs
    readings: list[dict[str, Any]]
    outcome: Outcome

    @classmethod
    def of(cls, version: PlanVersion, inputs: Inputs, readings: list[dict[str, Any]]) -> "_Computed":
        plan = read_plan(version.document)
        return cls(plan=plan, inputs=inputs, readings=readings, outcome=computed(plan, inputs))


def _saved(
    version: PlanVersion, part: PartOf, done: _Computed, *, by: User, now: datetime,
    corrects: Run | None = None, cause: str = "",
) -> Run:  # fmt: skip
    outcome = done.outcome
    snapshot, _new = Snapshot.objects.get_or_create(
        sha256=outcome.snapshot,
        defaults={"text": snapshot_text(done.inputs), "readings": done.readings, "made_at": now},
    )
    number = (Run.objects.filter(version=version, part=part.part).aggregate(n=Max("number"))["n"] or 0) + 1
    data = outcome_data(outcome)
    awards = data.pop("awards")
    run = Run.objects.create(
        code=f"{version.plan.code}@{version.number}-{part.period}-{number}", version=version, part=part.part,
        period=part.period, first=part.first, last=part.last, number=number, corrects=corrects, cause=cause,
        snapshot=snapshot, engine=__version__, outcome=data, sha256=_sealed(data, awards),
        steps=steps_of(done.plan, done.inputs, outcome, now=now), calculated_by=by, calculated_at=now,
    )  # fmt: skip
    rows = [
        AwardLine(
            run=run, person=award.person, status=str(award.status), cents=award.cents, tree=tree,
            held_cents=award.held_cents, unit=award.lines[-1].unit if award.lines else "",
        )
        for award, tree in zip(outcome.awards, awards, strict=True)
    ]  # fmt: skip
    AwardLine.objects.bulk_create(rows, batch_size=_CHUNK)
    record(by, "incentive.run.calculated", run.code, snapshot=snapshot.sha256, cents=outcome.total_cents)
    return run


def _sealed(outcome: dict[str, Any], awards: list[dict[str, Any]]) -> str:
    """SHA-256 of the whole outcome, awards in the order of persons."""
    return hashlib.sha256(canonical({**outcome, "awards": awards}).encode()).hexdigest()


@transaction.atomic
def correct(
    run: Run, cause: str, *, by: User, now: datetime, reopen_pool: bool = False, fresh_measures: bool = True
) -> Run:
    """Compute a published run again with what is known now, under the plan version of its period.

    The pool's factor stays frozen, so that nobody else's money moves, unless `reopen_pool`. With
    `fresh_measures` the answers are counted again, else only people and absences are read anew.
    Everybody reads the cause on their statement. Raises `Missing` without one, `NamesSomebody` for one with a
    pseudonym, `NotThatState`.
    """
    allow(by, Right.RUN_INCENTIVES)
    if not cause.strip():
        raise Missing("a correction has a cause", place="cause", hint="Write why it is computed again.")
    _names_nobody(cause)
    held = Run.objects.select_for_update().select_related("version__plan", "snapshot").get(pk=run.pk)
    if held.state not in IN_LEDGER:
        raise NotThatState(f"the run is {held.state}", place=held.code, hint="Calculate it again instead.")
    inputs, readings = gather(held.version, held.part, now=now)
    if not fresh_measures:
        before = inputs_from(json.loads(held.snapshot.text))
        inputs = replace(inputs, cells=before.cells, kpis=before.kpis, excluded=before.excluded)
        readings = held.snapshot.readings
    if not reopen_pool and read_plan(held.version.document).pool is not None:
        inputs = replace(inputs, frozen=_frozen(held))
    Run.objects.filter(version=held.version, part=held.part, state__in=OPEN).update(state="superseded")
    done = _Computed.of(held.version, inputs, readings)
    part = part_of(held.version, held.part)
    return _saved(held.version, part, done, by=by, now=now, corrects=held, cause=cause.strip())


def _names_nobody(cause: str) -> None:
    words = set(re.findall(r"[\w-]+", cause))
    if Employee.objects.filter(pseudonym__in=words).exists():
        raise NamesSomebody("a cause names nobody", place="cause", hint="Write what was wrong, not of whom.")


def _frozen(run: Run) -> Frozen:
    """How the pool of a run was divided."""
    awards = AwardLine.objects.filter(run=run).order_by("person")
    return Frozen(
        factor=Fraction(run.outcome["lambda"]),
        awards={award.person: (Fraction(award.tree["raw"]), award.cents) for award in awards},
    )


def document(run: Run) -> dict[str, Any]:
    """The run as a file that `viaggio incentive verify` reads anywhere."""
    awards = AwardLine.objects.filter(run=run).order_by("person").values_list("tree", flat=True)
    plan = read_plan(run.version.document)
    return {
        "form": FORM, "plan": plan.name, "plan_hash": run.version.sha256,
        "plan_document": run.version.document, "snapshot_hash": run.snapshot_id,
        "snapshot": json.loads(run.snapshot.text), "outcome": {**run.outcome, "awards": list(awards)},
    }  # fmt: skip


@transaction.atomic
def verify(run: Run, *, now: datetime, by: User | None = None) -> Verified:
    """Compute a run again from its stored snapshot and compare every value, every award and every hash."""
    if by is not None and not may(by, Right.RUN_INCENTIVES):
        allow(by, Right.SEE_PLANS)
    held = Run.objects.select_for_update().select_related("version__plan", "snapshot").get(pk=run.pk)
    stored = document(held)
    found = verified(stored)
    differences = [*found.differences, *_seals(held, stored)]
    result = Verified(same=not differences, differences=tuple(differences))
    if result.same and held.state == "calculated":
        held.state, held.verified_at = "verified", now
        held.save(update_fields=["state", "verified_at"])
    record(by or SYSTEM, "incentive.run.verified", held.code, same=result.same, differences=len(differences))
    return result


def _seals(run: Run, stored: dict[str, Any]) -> list[Difference]:
    """Hashes and cents beside the trees that do not fit what is stored."""
    outcome = dict(stored["outcome"])
    awards = outcome.pop("awards")
    text = hashlib.sha256(run.snapshot.text.encode()).hexdigest()
    found = []
    if text != run.snapshot_id:
        found.append(Difference("snapshot.sha256", run.snapshot_id, text))
    if (sealed := _sealed(outcome, awards)) != run.sha256:
        found.append(Difference("run.sha256", run.sha256, sealed))
    for award in AwardLine.objects.filter(run=run):
        told = (award.cents, award.held_cents)
        tree = tuple(int(Fraction(award.tree[name]) * 100) for name in ("award", "held"))
        if told != tree:
            found.append(Difference(f"award.{award.person}.cents", str(told), str(tree)))
    return found


def _held(run: Run, state: str) -> Run:
    held = Run.objects.select_for_update().select_related("version__plan").get(pk=run.pk)
    if held.state != state:
        raise NotThatState(f"the run is {held.state}", place=held.code, hint=f"Needed: {state}.")
    return held


@transaction.atomic
def approve(run: Run, *, by: User, now: datetime) -> Run:
    """Approve a verified run that somebody else calculated. Raises `SamePerson`, `NotThatState`."""
    allow(by, Right.APPROVE_PAY)
    held = _held(run, "verified")
    if by.pk == held.calculated_by_id:
        raise SamePerson("somebody else approves the run", place=held.code, hint="Ask another approver.")
    held.state, held.approved_by, held.approved_at = "approved", by, now
    held.steps = with_step(held.steps, APPROVAL, {}, now=now)
    held.save(update_fields=["state", "approved_by", "approved_at", "steps"])
    record(by, "incentive.run.approved", held.code, sha256=held.sha256)
    return held


@transaction.atomic
def publish(run: Run, *, by: User, now: datetime, pay_date: date | None = None) -> Run:
    """Post a run to the ledger in one transaction and let people read their statements.

    Without a `pay_date` it is paid at the end of the month after. Raises `NotThatState`, `NotVerified`,
    `LedgerBroken`.
    """
    allow(by, Right.RUN_INCENTIVES)
    held = _held(run, "approved")
    if not verify(held, now=now).same:
        raise NotVerified("the run does not come out the same", place=held.code, hint="Calculate it again.")
    today = timezone.localdate(now)
    day = pay_date or _month_end(today)
    posted = ledger.post(entries_of(held, f"{day:%Y-%m}"), now=now)
    counted = {"entries": len(posted), "cents": sum(entry.amount_cents for entry in posted)}
    held.state, held.published_at, held.pay_date = "published", now, day
    held.dispute_until = today + timedelta(days=terms(held.version)["open_days"])
    held.steps = with_step(held.steps, LEDGER, counted, now=now)
    held.save(update_fields=["state", "published_at", "pay_date", "dispute_until", "steps"])
    if held.corrects_id:
        Run.objects.filter(pk=held.corrects_id).update(state="superseded")
    record(by, "incentive.run.published", held.code, **counted)
    statement_mail.tell(held, now=now)
    return held


def _month_end(today: date) -> date:
    """The last day of the month after this day's."""
    month = today.year * 12 + today.month + 1
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


@transaction.atomic
def lock(run: Run, *, by: User, now: datetime) -> Run:
    """Close a run for good once its dispute window has passed and nothing about it is open."""
    allow(by, Right.RUN_INCENTIVES)
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state not in {"published", "exported"} or held.dispute_until is None:
        raise NotThatState(f"the run is {held.state}", place=held.code, hint="Publish it first.")
    waits = held.disputes.exclude(state="closed").exists() or _undecided(held)
    if timezone.localdate(now) <= held.dispute_until or waits:
        raise NotThatState("something about it is open", place=held.code, hint="Wait for disputes and flags.")
    held.state = "locked"
    held.save(update_fields=["state"])
    record(by, "incentive.run.locked", held.code)
    return held


def _undecided(run: Run) -> bool:
    return Flag.objects.filter(version=run.version, period=run.period, state__in=["open", "held"]).exists()


def steps(run: Run, person: User) -> frozenset[str]:
    """What this person may do with the run now: verify, approve, publish, correct, lock."""
    runs, approves = may(person, Right.RUN_INCENTIVES), may(person, Right.APPROVE_PAY)
    found = {
        "verify": may(person, Right.SEE_PLANS),
        "approve": approves and run.state == "verified" and person.pk != run.calculated_by_id,
        "publish": runs and run.state == "approved",
        "correct": runs and run.state in IN_LEDGER,
        "lock": runs and run.state in {"published", "exported"},
    }
    return frozenset(name for name, allowed in found.items() if allowed)


def compare(one: Run, other: Run) -> Sequence[Difference]:
    """What differs between two runs, causes first."""
    return compare_runs(document(one), document(other))
