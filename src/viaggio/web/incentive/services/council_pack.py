"""The works council's pack about a plan version: text, changes, rules in words, an example a group.

The example is the engine's own: one invented person per group with a round target, whose results are all on
target, and again a little below; so that everybody can redo the sum.
"""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from viaggio.incentive.combining import Part, Section, combined, section_factor
from viaggio.incentive.curves import payout
from viaggio.incentive.exact import cents
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.plan.model import Component, Group
from viaggio.incentive.run.cells import target_of
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.plan_words import group_name, kpi_name, measure_name
from viaggio.web.incentive.services.statement_words import (
    EFFECTS,
    gate_words,
    in_language,
    per_cent,
    plain_number,
)
from viaggio.web.shared import formats

TARGET = 100_000
"""The invented target of the worked example: 1,000.00."""


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A line of the example: what it pays on target and somewhat below."""

    name: str
    weight: str
    points: str
    on_target: str
    below: str


@dataclass(frozen=True, slots=True)
class Example:
    """One group: its lines, and what an invented person would get."""

    group: str
    lines: tuple[ExampleLine, ...]
    on_target: str
    below: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything of the pack."""

    plan: str
    version: int
    first: str
    last: str
    sha256: str
    source: str
    changes: tuple[tuple[int, str, str], ...]
    rules: tuple[str, ...]
    examples: tuple[Example, ...]
    target: str


def pack_of(version: PlanVersion) -> Pack:
    """The pack of a published version."""
    plan = read_plan(version.document)
    return Pack(
        plan=in_language(version.plan.name) or version.plan.code,
        version=version.number,
        first=formats.day(plan.period.first),
        last=formats.day(plan.period.last),
        sha256=version.sha256,
        source=version.source,
        changes=tuple(
            (
                one.number,
                formats.day(one.published_at.date()) if one.published_at else "",
                one.changes or _("First version"),
            )
            for one in version.plan.versions.filter(number__lte=version.number, published_at__isnull=False)
        ),
        rules=tuple(_rules(plan)),
        examples=tuple(_example(plan, group) for group in plan.groups.values()),
        target=formats.money(TARGET, plan.currency),
    )


def _rules(plan: Plan) -> list[str]:
    """The rules of the plan as sentences."""
    rails = plan.guard_rails
    said = [
        _("Everybody shares at least %(share)s of the result.") % {"share": per_cent(plan.min_shared_weight)},
        _("A figure counts from %(n)s answers on. With fewer, it never pays nothing: a larger group counts.")
        % {"n": rails.n_min},
        _("A group is shown from %(people)s people and %(answers)s answers on.")
        % {"people": rails.k_headcount, "answers": rails.k_responses},
    ]
    if rails.k is not None:
        said.append(
            _("Small groups are drawn towards the unit above them: %(k)s answers weigh half.")
            % {"k": plain_number(rails.k)}
        )
    for gate in plan.gates:
        words = gate_words(gate.kpi, gate.sign, gate.threshold)
        effect = str(EFFECTS[gate.effect.kind]) % {"amount": per_cent(gate.effect.amount)}
        said.append(_("Condition: %(gate)s. If not: %(effect)s") % {"gate": words, "effect": effect})
    if plan.individual_cap is not None:
        said.append(
            _("Nobody gets more than %(cap)s of the target.") % {"cap": per_cent(plan.individual_cap)}
        )
    said.append(_pool(plan))
    protected = [name for name, rule in plan.absences.items() if rule.protected]
    if protected:
        said.append(_("Protected absences take nothing away: %(names)s.") % {"names": ", ".join(protected)})
    return said


def _pool(plan: Plan) -> str:
    rule = plan.pool
    if rule is None:
        return _("There is no pool.")
    if rule.kind == "self_funded":
        shown = {
            "rate": per_cent(rule.rate),
            "kpi": kpi_name(rule.kpi),
            "above": formats.money(cents(rule.above), plan.currency),
        }
        return _("The pool is %(rate)s of what %(kpi)s is above %(above)s.") % shown
    return _("The pool is %(amount)s.") % {"amount": formats.money(cents(rule.amount), plan.currency)}


def _example(plan: Plan, group: Group) -> Example:
    """On target, and at the middle between the first point and the target."""
    on = {c.measure: payout(c.curve, target_of(c.curve)) for c in group.components}
    low = {c.measure: payout(c.curve, _middle(c)) for c in group.components}
    lines = tuple(
        ExampleLine(
            measure_name(c.measure),
            per_cent(c.weight),
            "; ".join(
                _("%(value)s pays %(payout)s") % {"value": plain_number(x), "payout": per_cent(y)}
                for x, y in c.curve.points
            ),
            f"{plain_number(target_of(c.curve))}: {per_cent(on[c.measure])}",
            f"{plain_number(_middle(c))}: {per_cent(low[c.measure])}",
        )
        for c in group.components
    )
    return Example(group_name(group.name), lines, _amount(plan, group, on), _amount(plan, group, low))


def _middle(component: Component) -> Fraction:
    return (component.curve.points[0][0] + target_of(component.curve)) / 2


def _amount(plan: Plan, group: Group, paid: dict[str, Fraction]) -> str:
    sections = {}
    for section in Section:
        parts = [
            Part(name=c.measure, section=section, weight=c.weight, payout=paid[c.measure])
            for c in group.of(section)
        ]
        if parts:
            sections[section] = section_factor(parts, plan.combination)
    return formats.money(cents(Fraction(TARGET, 100) * combined(sections, plan.combination)), plan.currency)
