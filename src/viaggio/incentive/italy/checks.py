"""What a country's rules add to the checks of a plan: protected absences, signature, form, baseline."""

from collections.abc import Iterator
from datetime import date, timedelta

from viaggio.incentive.country import Pack
from viaggio.incentive.plan import Finding, LegalBasis, Plan

FINDINGS = (
    "absence.protected_by_law", "indicator.unknown", "pdr.no_indicator", "pdr.unknown_goal",
    "pdr.signed_after_start", "pdr.signed_after_end",
)  # fmt: skip
"""Every code that these findings can have, beside those of any plan."""


def check_country(plan: Plan, pack: Pack) -> list[Finding]:
    """What the country's rules refuse or warn of; of a late signature with the first day that counts."""
    found = [*_absences(plan, pack), *_indicators(plan, pack)]
    if plan.legal_basis is LegalBasis.PDR:
        found += [*_form(plan, pack), *_signature(plan)]
    return sorted(found, key=lambda finding: not finding.refuses)


def _absences(plan: Plan, pack: Pack) -> Iterator[Finding]:
    for name, rule in plan.absences.items():
        known = pack.absences.get(name)
        if known and known.protected and rule.lost > 0:
            yield Finding(code="absence.protected_by_law", place=f"absences.{name}", detail=known.source)


def _indicators(plan: Plan, pack: Pack) -> Iterator[Finding]:
    for group in plan.groups.values():
        for component in group.components:
            number = component.form_indicator
            if number is not None and number not in pack.indicators:
                yield Finding(code="indicator.unknown", place=f"groups.{group.name}", detail=str(number))


def _form(plan: Plan, pack: Pack) -> Iterator[Finding]:
    for goal in plan.agreement.form_goals:
        if goal not in pack.goals:
            yield Finding(code="pdr.unknown_goal", place="agreement.form_goals", detail=goal)
    numbers = [c.form_indicator for group in plan.groups.values() for c in group.components]
    if None in numbers:
        yield Finding(code="pdr.no_indicator", place="groups", refuses=False)


def _signature(plan: Plan) -> Iterator[Finding]:
    first = first_eligible(plan)
    if first is None or first <= plan.period.first:
        return
    if first > plan.period.last:
        yield Finding(code="pdr.signed_after_end", place="agreement.signed", refuses=False)
    else:
        yield Finding(
            code="pdr.signed_after_start", place="agreement.signed", refuses=False, detail=first.isoformat()
        )


def first_eligible(plan: Plan) -> date | None:
    """The first day whose part of the premium may have the tax regime; None without a signed agreement.

    Ris. AE 36/E 2020: criteria fixed while the outcome is uncertain. An agreement signed and published by the
    first day counts for the whole period, a later one from the day after.
    """
    if plan.agreement.signed is None:
        return None
    known = max(plan.agreement.signed, plan.published or plan.agreement.signed)
    if known <= plan.period.first:
        return plan.period.first
    return known + timedelta(days=1)
