"""The steps S0 to S14 of a run: what each was given and what it gave, as codes and numbers."""

from collections import Counter
from datetime import datetime
from fractions import Fraction
from typing import Any

from viaggio.incentive.exact import cents, fraction
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Inputs, Outcome, Status
from viaggio.incentive.run.results import gate_states

DONE, OPEN = "done", "open"
APPROVAL, LEDGER = "S13", "S14"


def steps_of(plan: Plan, inputs: Inputs, outcome: Outcome, *, now: datetime) -> list[dict[str, Any]]:
    """All steps of a run that was just computed; approval and ledger are still open."""
    lines = [line for award in outcome.awards for line in award.lines]
    scores = [line.result.score for line in lines if line.result.score]
    gates = gate_states(plan, inputs.kpis)
    raw = sum((award.raw for award in outcome.awards), Fraction(0))
    opportunity = sum((award.opportunity for award in outcome.awards), Fraction(0))
    capped = sum(
        plan.individual_cap is not None and award.raw == plan.individual_cap * award.opportunity > 0
        for award in outcome.awards
    )
    counted: dict[str, dict[str, Any]] = {
        "S0": {"people": len(inputs.people), "cells": len(inputs.cells), "kpis": len(inputs.kpis),
               "holds": len(inputs.holds), "sha256": outcome.snapshot},
        "S1": dict(sorted(Counter(str(award.status) for award in outcome.awards).items())),
        "S2": {"stays": sum(len(person.placements) for person in inputs.people),
               "absences": sum(len(person.away) for person in inputs.people),
               "opportunity_cents": cents(opportunity)},
        "S3": {"measures": len({cell.measure for cell in inputs.cells}),
               "answers": sum(s.n for cell in inputs.cells if cell.window == "period" for s in cell.strata)},
        "S4": dict(sorted(Counter(line.result.reason for line in lines).items())),
        "S5": {"curves": len(scores)},
        "S6": {"groups": len({(line.group, line.unit) for line in lines})},
        "S7": {"passed": sum(not (g.failed or g.missing) for g in gates),
               "failed": sum(g.failed for g in gates), "missing": sum(g.missing for g in gates)},
        "S8": {"raw_cents": cents(raw)},
        "S9": {"capped": capped},
        "S10": {"pool_cents": None if outcome.pool is None else cents(outcome.pool),
                "factor": fraction(outcome.factor), "binds": outcome.binds},
        "S11": {"cents": outcome.total_cents,
                "awards": sum(a.status is Status.OK for a in outcome.awards)},
        "S12": {"held_cents": sum(award.held_cents for award in outcome.awards),
                "lines": sum(bool(line.held) for line in lines)},
    }  # fmt: skip
    found = [_step(code, DONE, values, now) for code, values in counted.items()]
    return [*found, _step(APPROVAL, OPEN, {}, None), _step(LEDGER, OPEN, {}, None)]


def _step(code: str, state: str, counted: dict[str, Any], at: datetime | None) -> dict[str, Any]:
    return {"code": code, "state": state, "at": at.isoformat() if at else None, "counted": counted}


def with_step(
    steps: list[dict[str, Any]], code: str, counted: dict[str, Any], *, now: datetime
) -> list[dict[str, Any]]:
    """The steps with one of them done."""
    return [_step(code, DONE, counted, now) if step["code"] == code else step for step in steps]
