"""The annex of a filed agreement, sections 2 to 7, as far as plan and people tell; codes and values."""

from dataclasses import dataclass
from fractions import Fraction

from viaggio.incentive.country import Pack
from viaggio.incentive.exact import cents
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexRow:
    """A field of the annex: its section, the code of the fact, and its value; None: to be filled in by hand.

    Goals and indicators have one row each; an indicator's value is its number, `detail` its measures.
    """

    section: int
    fact: str
    value: str | None
    detail: str = ""


def annex(plan: Plan, inputs: Inputs | None, pack: Pack, *, welfare: bool | None = None) -> list[AnnexRow]:
    """The rows of all sections, in the order of the country's form. `welfare`: whether it may be chosen."""
    facts = _facts(plan, inputs, welfare)
    rows = []
    for section in pack.annex:
        for fact in section.facts:
            values = facts.get(fact, [(None, "")])
            rows += [
                AnnexRow(section=section.number, fact=fact, value=value, detail=detail)
                for value, detail in values
            ]
    return rows


def indicators(plan: Plan) -> dict[int, list[str]]:
    """Numbers of the form with the measures that stand for them."""
    found: dict[int, set[str]] = {}
    for group in plan.groups.values():
        for component in group.components:
            if component.form_indicator is not None:
                found.setdefault(component.form_indicator, set()).add(component.measure)
    return {number: sorted(measures) for number, measures in sorted(found.items())}


def _facts(
    plan: Plan, inputs: Inputs | None, welfare: bool | None
) -> dict[str, list[tuple[str | None, str]]]:
    agreement, baseline = plan.agreement, plan.baseline
    single = {
        "legal_basis": str(plan.legal_basis),
        "signed": agreement.signed.isoformat() if agreement.signed else None,
        "deposited": agreement.deposited.isoformat() if agreement.deposited else None,
        "protocol": agreement.protocol or None,
        "first": plan.period.first.isoformat(),
        "last": plan.period.last.isoformat(),
        "baseline_first": baseline.first.isoformat() if baseline else None,
        "baseline_last": baseline.last.isoformat() if baseline else None,
        "people": str(len(inputs.people)) if inputs else None,
        "mean_target": _mean_target(inputs),
        "welfare": None if welfare is None else ("yes" if welfare else "no"),
    }
    found: dict[str, list[tuple[str | None, str]]] = {name: [(value, "")] for name, value in single.items()}
    found["goals"] = [(goal, "") for goal in agreement.form_goals] or [(None, "")]
    numbers = indicators(plan)
    found["indicators"] = [(str(n), ", ".join(names)) for n, names in numbers.items()] or [(None, "")]
    return found


def _mean_target(inputs: Inputs | None) -> str | None:
    """What 100 % pays a year per head: of each person the highest target of the stays, on average."""
    if inputs is None or not inputs.people:
        return None
    targets = [max((p.target for p in person.placements), default=Fraction(0)) for person in inputs.people]
    whole = cents(sum(targets, Fraction(0)) / len(targets))
    return f"{whole // 100}.{whole % 100:02d}"
