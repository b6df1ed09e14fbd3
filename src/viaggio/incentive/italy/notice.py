"""What workers and unions are told of a plan that computes pay, by D.Lgs. 152/1997 art. 1-bis: codes, values.

The sentences, in each language, belong to the faces. One notice belongs to one plan version: it carries the
hash of the plan, and changes when the plan does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from viaggio.incentive.combining import Combination, EffectKind, Section
from viaggio.incentive.country import Pack
from viaggio.incentive.exact import fraction, written
from viaggio.incentive.plan import Plan, content_hash
from viaggio.incentive.pooling import PoolMode
from viaggio.incentive.scoring import Credit

SECTIONS = (
    "scope", "purpose", "logic", "data", "parameters", "corrections", "accuracy", "impact", "rights",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to be said: its section, the code of its sentence, and what stands in it."""

    section: str
    code: str
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """Section and code, as the sentences are listed."""
        return f"{self.section}.{self.code}"


def notice(plan: Plan, pack: Pack, *, open_days: int, acknowledge_days: int) -> list[Fact]:
    """Everything that is to be said of a plan version. Days: to dispute, and until the company answers."""
    return [
        *_scope(plan),
        *_logic(plan),
        *_data(plan, pack),
        *_parameters(plan),
        *_after(plan, open_days, acknowledge_days),
    ]


def _fact(key: str, **values: str) -> Fact:
    section, _, code = key.partition(".")
    return Fact(section=section, code=code, values=values)


def _scope(plan: Plan) -> Iterator[Fact]:
    yield _fact("scope.plan", plan=plan.code, version=str(plan.version))
    yield _fact("scope.period", first=plan.period.first.isoformat(), last=plan.period.last.isoformat())
    yield _fact("scope.only_pay")
    personal = any(facts.get("scope") == "person" for facts in plan.measures.values())
    yield _fact("scope.person_measures" if personal else "scope.no_person_measures")
    yield _fact("purpose.quality")


def _logic(plan: Plan) -> Iterator[Fact]:
    yield _fact("logic.curve")
    for group in plan.groups.values():
        yield _fact("logic.group", group=group.name)
        for component in group.components:
            shared = component.section is Section.SHARED
            yield _fact(
                "logic.line_shared" if shared else "logic.line_own",
                measure=component.measure,
                weight=percent(component.weight),
            )
    if any(c.improvement for group in plan.groups.values() for c in group.components):
        yield _fact("logic.improvement")
    additive = plan.combination is Combination.ADDITIVE
    yield _fact("logic.added" if additive else "logic.multiplied")
    for gate in plan.gates:
        hold = gate.effect.kind is EffectKind.HOLD
        yield _fact(
            "logic.gate_hold" if hold else f"logic.gate_{gate.effect.kind}",
            kpi=gate.kpi, sign=gate.sign, threshold=number(gate.threshold),
            amount=percent(gate.effect.amount),
        )  # fmt: skip
    if plan.individual_cap is not None:
        yield _fact("logic.cap", cap=percent(plan.individual_cap))
    if plan.pool is not None:
        whole = plan.pool.mode is PoolMode.DISTRIBUTE_ALL
        yield _fact("logic.pool_whole" if whole else "logic.pool")


def _data(plan: Plan, pack: Pack) -> Iterator[Fact]:
    yield _fact("data.people")
    yield _fact("data.answers")
    for name, rule in plan.absences.items():
        known = pack.absences.get(name)
        protected = rule.protected or bool(known and known.protected)
        code = "protected" if protected else "kept" if rule.lost == 0 else "lost"
        yield _fact(f"data.absence_{code}", absence=name, lost=percent(rule.lost))


def _parameters(plan: Plan) -> Iterator[Fact]:
    rails = plan.guard_rails
    yield _fact("parameters.n_min", n=str(rails.n_min))
    yield _fact("parameters.cell", people=str(rails.k_headcount), answers=str(rails.k_responses))
    yield _fact("parameters.never_zero")
    if rails.credit is not Credit.POINT and rails.k is not None:
        yield _fact("parameters.shrunk", k=number(rails.k))
    if rails.dead_band_z is not None:
        yield _fact("parameters.dead_band", z=number(rails.dead_band_z))
    if plan.eligibility.min_service_days:
        yield _fact("parameters.service", days=str(plan.eligibility.min_service_days))


def _after(plan: Plan, open_days: int, acknowledge_days: int) -> Iterator[Fact]:
    yield _fact("corrections.dispute", days=str(open_days))
    yield _fact("corrections.answer", days=str(acknowledge_days))
    yield _fact("corrections.hold")
    yield _fact("accuracy.exact")
    yield _fact("accuracy.noise")
    yield _fact("accuracy.seal", hash=content_hash(plan)[:12])
    yield _fact("impact.report", people=str(plan.guard_rails.k_headcount))
    yield _fact("rights.explain")
    yield _fact("rights.person")
    yield _fact("rights.no_learning")


def percent(share: Fraction) -> str:
    """A share in per cent, as short as it can be written: "35", "12.5", else the fraction: "1/3 * 100"."""
    return number(share * 100)


def number(value: Fraction) -> str:
    """A number as people write it where its decimals end within six, else the fraction."""
    if (value * 10**6).denominator != 1:
        return fraction(value)
    text = written(value)
    return text.rstrip("0").rstrip(".")
