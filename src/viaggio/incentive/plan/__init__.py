"""The plan: what a company promises for a period, as one document, and everything that is refused in it."""

from viaggio.incentive.plan.checks import Finding, check, refused
from viaggio.incentive.plan.document import content_hash, plan_data
from viaggio.incentive.plan.model import (
    AbsenceRule,
    Agreement,
    Component,
    Eligibility,
    Gate,
    Group,
    GuardRails,
    LegalBasis,
    Level,
    Mix,
    OnAccount,
    Plan,
    PoolRule,
    Retro,
    Span,
    Step,
)
from viaggio.incentive.plan.reading import read_plan

__all__ = [
    "AbsenceRule",
    "Agreement",
    "Component",
    "Eligibility",
    "Finding",
    "Gate",
    "Group",
    "GuardRails",
    "LegalBasis",
    "Level",
    "Mix",
    "OnAccount",
    "Plan",
    "PoolRule",
    "Retro",
    "Span",
    "Step",
    "check",
    "content_hash",
    "plan_data",
    "read_plan",
    "refused",
]
