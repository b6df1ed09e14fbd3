"""Money that waits or is lost: what the flags of a period do to the awards of its newest published run.

Decisions are compared with what the ledger says already, and only the difference is posted: deciding twice,
or correcting a run with held lines, comes out right.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viaggio.incentive.exact import exact
from viaggio.incentive.ledger import EntryKind
from viaggio.incentive.run import Hold
from viaggio.web.incentive.models import AwardLine, Flag, PlanVersion, Run
from viaggio.web.incentive.services.ledger import HOLDING, NewEntry, by_person

HELD, FORFEITED = "held", "forfeited"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Cents of one award that are held, and that are forfeited."""

    held: int
    forfeited: int


def holds_of(version: PlanVersion, period: str) -> tuple[Hold, ...]:
    """Holds that decisions on the flags of a period ask for."""
    rows = Flag.objects.filter(version=version, period=period, state__in=[HELD, FORFEITED])
    return tuple(
        Hold(why=flag.detector, measure=flag.measure, unit=flag.unit)
        for flag in rows.order_by("unit", "measure", "detector")
    )


def cents_in(text: str) -> int:
    """An amount such as "260.00" in whole cents."""
    return int(exact(text) * 100)


def touches(flag: Flag, line: dict[str, Any]) -> bool:
    """Whether a line of an award is one that a flag speaks of."""
    return flag.unit in {"", line["unit"]} and flag.measure in {"", line["measure"]}


def waiting(award: AwardLine, flags: Sequence[Flag]) -> Waiting:
    """What of an award is held and forfeited by these flags and by gates."""
    held = forfeited = 0
    for line in award.tree["lines"]:
        states = {flag.state for flag in flags if touches(flag, line)}
        if FORFEITED in states:
            forfeited += cents_in(line["amount"])
        elif HELD in states or (line["held"] or "").startswith("gate:"):
            held += cents_in(line["amount"])
    return Waiting(held, forfeited)


def newest(version: PlanVersion, period: str) -> Run | None:
    """The run that counts for a period: the newest one that is in the ledger."""
    rows = Run.objects.filter(version=version, period=period, state__in=["published", "exported", "locked"])
    return rows.order_by("-number").first()


def moves(run: Run, awards: Iterable[AwardLine], pay_period: str) -> Iterator[NewEntry]:
    """Entries that bring holds and forfeits in the ledger to where the decisions on flags stand now."""
    plan = run.version.plan.code
    flags = list(Flag.objects.filter(version=run.version, period=run.period, state__in=[HELD, FORFEITED]))
    on_hold = by_person(plan, run.period, HOLDING)
    lost = by_person(plan, run.period, [EntryKind.FORFEIT])
    for award in awards:
        wanted = waiting(award, flags)
        held = -on_hold.get(award.person, 0)
        gone = -lost.get(award.person, 0)
        common = {
            "person": award.person, "period": run.period, "pay_period": pay_period,
            "plan_version": f"{plan}@{run.version.number}", "run": run.code,
        }  # fmt: skip
        if wanted.held < held:
            yield NewEntry(kind=EntryKind.RELEASE, cents=held - wanted.held, **common)
        elif wanted.held > held:
            yield NewEntry(kind=EntryKind.HOLD, cents=held - wanted.held, **common)
        if wanted.forfeited != gone:
            yield NewEntry(kind=EntryKind.FORFEIT, cents=gone - wanted.forfeited, **common)


def pay_period_of(now: datetime) -> str:
    """The month in which something decided now is paid."""
    return f"{now:%Y-%m}"
