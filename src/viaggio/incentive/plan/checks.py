"""Everything that is refused in a plan, or worth a second thought, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from viaggio.incentive.combining import Combination, EffectKind, Section
from viaggio.incentive.exact import fraction, written
from viaggio.incentive.plan.model import Component, Group, LegalBasis, Level, Plan, Step
from viaggio.incentive.scoring import Credit

FINDINGS = (
    "period.reversed", "baseline.not_before", "groups.none", "section.empty", "weights.not_one",
    "weight.not_positive", "shared.below_minimum", "measure.person", "measure.unmapped", "map.not_one",
    "absence.protected_loses", "absence.loss_range", "published.after_start", "baseline.formula",
    "baseline.questionnaire", "approver.is_author", "pool.no_amount", "cap.below_one", "ladder.no_end",
    "credibility.no_k", "gate.unknown_name", "gate.double_punishment", "curve.cliff", "pdr.no_agreement",
    "pdr.no_baseline", "contribution.unused", "on_account.share",
)  # fmt: skip
"""Every code that a finding can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong (`refuses`: it can not be approved) or weak; `place` as in the document."""

    code: str
    place: str
    refuses: bool = True
    detail: str = ""


def check(plan: Plan) -> list[Finding]:
    """All findings, refusals first."""
    found = [
        *_spans(plan),
        *(finding for group in plan.groups.values() for finding in _group(plan, group)),
        *_groups(plan),
        *_map(plan),
        *_absences(plan),
        *_measures(plan),
        *_guard_rails(plan),
        *_gates(plan),
        *_money(plan),
        *_people(plan),
    ]
    return sorted(found, key=lambda finding: not finding.refuses)


def refused(findings: list[Finding]) -> bool:
    """Whether something keeps the plan from being approved."""
    return any(finding.refuses for finding in findings)


def _spans(plan: Plan) -> Iterator[Finding]:
    if plan.period.last < plan.period.first:
        yield Finding(code="period.reversed", place="period.end")
    if plan.baseline and plan.baseline.last >= plan.period.first:
        yield Finding(code="baseline.not_before", place="period.baseline", detail=str(plan.baseline.last))
    if plan.published and plan.published > plan.period.first and plan.accrues_from is None:
        yield Finding(code="published.after_start", place="published", detail=str(plan.published))


def _groups(plan: Plan) -> Iterator[Finding]:
    if not plan.groups:
        yield Finding(code="groups.none", place="groups")


def _group(plan: Plan, group: Group) -> Iterator[Finding]:
    here = f"groups.{group.name}"
    for section in Section:
        for place, component in enumerate(group.of(section)):
            yield from _component(plan, component, f"{here}.{section}[{place}]")
    if not group.of(Section.SHARED):
        yield Finding(code="section.empty", place=f"{here}.shared")
    weights = {section: sum((c.weight for c in group.of(section)), Fraction(0)) for section in Section}
    if plan.combination is Combination.ADDITIVE:
        if sum(weights.values()) != 1:
            yield Finding(
                code="weights.not_one", place=here, detail=_decimal(sum(weights.values(), Fraction(0)))
            )
        if weights[Section.SHARED] < plan.min_shared_weight:
            yield Finding(
                code="shared.below_minimum", place=f"{here}.shared", detail=_decimal(weights[Section.SHARED])
            )
    else:
        for section, weight in weights.items():
            if group.of(section) and weight != 1:
                yield Finding(code="weights.not_one", place=f"{here}.{section}", detail=_decimal(weight))


def _component(plan: Plan, component: Component, place: str) -> Iterator[Finding]:
    if component.weight <= 0:
        yield Finding(code="weight.not_positive", place=f"{place}.weight")
    if component.curve.cliff:
        yield Finding(code="curve.cliff", place=f"{place}.curve", refuses=False)
    if component.mapped and component.mapped not in plan.contribution_map:
        yield Finding(code="measure.unmapped", place=f"{place}.measure", detail=component.mapped)


def _map(plan: Plan) -> Iterator[Finding]:
    used = {c.mapped for group in plan.groups.values() for c in group.components if c.mapped}
    for unit, touchpoints in plan.contribution_map.items():
        total = sum(touchpoints.values(), Fraction(0))
        if total != 1 or any(weight <= 0 for weight in touchpoints.values()):
            yield Finding(code="map.not_one", place=f"contribution_map.{unit}", detail=_decimal(total))
        if unit not in used:
            yield Finding(code="contribution.unused", place=f"contribution_map.{unit}", refuses=False)


def _absences(plan: Plan) -> Iterator[Finding]:
    for name, rule in plan.absences.items():
        if rule.protected and rule.lost > 0:
            yield Finding(code="absence.protected_loses", place=f"absences.{name}")
        if not 0 <= rule.lost <= 1:
            yield Finding(code="absence.loss_range", place=f"absences.{name}.lost")


def _measures(plan: Plan) -> Iterator[Finding]:
    """No measure of a person; a baseline by the same formula and questionnaire."""
    for name, facts in plan.measures.items():
        here = f"measures.{name}"
        if facts.get("scope") == "person":
            yield Finding(code="measure.person", place=f"{here}.scope")
        yield from _same(facts, "formula", "baseline_formula", Finding(code="baseline.formula", place=here))
        yield from _same(
            facts,
            "questionnaire",
            "baseline_questionnaire",
            Finding(code="baseline.questionnaire", place=here),
        )


def _same(facts: Mapping[str, str], now: str, before: str, finding: Finding) -> Iterator[Finding]:
    if before in facts and facts.get(now) != facts[before]:
        yield finding


def _guard_rails(plan: Plan) -> Iterator[Finding]:
    rails = plan.guard_rails
    if rails.ladder[-1] is not Step.NEUTRAL:
        yield Finding(code="ladder.no_end", place="guardrails.ladder")
    if rails.credit is not Credit.POINT and (rails.k is None or rails.k <= 0):
        yield Finding(code="credibility.no_k", place="guardrails.credibility.K")


def _gates(plan: Plan) -> Iterator[Finding]:
    for number, gate in enumerate(plan.gates):
        place = f"gates[{number}]"
        measures = {c.measure: c.section for group in plan.groups.values() for c in group.components}
        names: dict[Level, set[str]] = {
            Level.COMPONENT: set(measures), Level.SECTION: {str(s) for s in Section}, Level.PLAN: {""},
        }  # fmt: skip
        known = names[gate.level]
        if gate.name not in known:
            yield Finding(code="gate.unknown_name", place=f"{place}.level", detail=gate.name)
        if gate.effect.kind is EffectKind.ZERO and gate.kpi in measures:
            same = gate.level is Level.PLAN or gate.name in {gate.kpi, str(measures[gate.kpi])}
            if same:
                yield Finding(code="gate.double_punishment", place=place, refuses=False, detail=gate.kpi)


def _money(plan: Plan) -> Iterator[Finding]:
    if plan.pool and plan.pool.kind == "fixed" and plan.pool.amount <= 0:
        yield Finding(code="pool.no_amount", place="pool.amount")
    if plan.on_account and not 0 < plan.on_account.share <= 1:
        yield Finding(code="on_account.share", place="on_account.share")
    if plan.individual_cap is not None and plan.individual_cap < 1:
        yield Finding(code="cap.below_one", place="individual_cap", refuses=False)


def _people(plan: Plan) -> Iterator[Finding]:
    if plan.author and plan.author == plan.approver:
        yield Finding(code="approver.is_author", place="approver")
    if plan.legal_basis is LegalBasis.PDR:
        if plan.agreement.signed is None:
            yield Finding(code="pdr.no_agreement", place="agreement.signed", refuses=False)
        if plan.baseline is None:
            yield Finding(code="pdr.no_baseline", place="period.baseline", refuses=False)


def _decimal(value: Fraction) -> str:
    """As people write it, where it ends: 0.95; else the fraction."""
    if (value * 10**6).denominator != 1:
        return fraction(value)
    return written(value).rstrip("0").rstrip(".")


def accrues(plan: Plan) -> date:
    """The first day from which the plan may be earned."""
    return plan.accrues_from or plan.period.first
