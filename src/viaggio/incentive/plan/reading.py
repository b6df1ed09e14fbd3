"""A plan from plain values, as a TOML or YAML file holds them with numbers as text.

What does not fit is refused with its place (`groups.accounting.shared[0].weight`) and the way out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from viaggio.incentive.combining import Combination, Effect, EffectKind, Section
from viaggio.incentive.curves import Curve, read_curve
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.exact import exact
from viaggio.incentive.ledger import Settlement
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
from viaggio.incentive.pooling import PoolMode
from viaggio.incentive.proration import DayCount
from viaggio.incentive.scoring import Credit

_KNOWN = (
    "plan", "version", "legal_basis", "agreement", "period", "eligibility", "absences", "guardrails", "mix",
    "combination", "min_shared_weight", "groups", "contribution_map", "gates", "individual_cap", "pool",
    "rounding", "retro", "disputes", "author", "approver", "published", "accrues_from", "currency",
    "measures", "on_account",
)  # fmt: skip
_CONDITION = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")


def read_plan(document: Mapping[str, Any]) -> Plan:
    """The plan that a document describes. Raises `BadPlan` or `BadAmount`.

    Rules that weigh one part against another (weights that add up and the like) are `check`'s matter.
    """
    node = _Node(document, "")
    node.only(*_KNOWN)
    period = node.child("period")
    return Plan(
        code=node.text("plan"),
        version=node.whole("version"),
        legal_basis=node.choice("legal_basis", LegalBasis, LegalBasis.PROGRAM),
        period=Span(period.day("start"), period.day("end")),
        baseline=_span(period.child("baseline")) if period.has("baseline") else None,
        day_count=period.choice("day_count", DayCount, DayCount.CALENDAR),
        cutoff=period.text("cutoff", ""),
        currency=node.text("currency", "EUR"),
        agreement=_agreement(node.child("agreement")),
        eligibility=_eligibility(node.child("eligibility")),
        absences=MappingProxyType({name: _absence(rule) for name, rule in node.child("absences").children()}),
        guard_rails=_guard_rails(node.child("guardrails")),
        mix=_mix(node.child("mix")),
        combination=node.choice("combination", Combination, Combination.ADDITIVE),
        min_shared_weight=_needed(node.number("min_shared_weight", Fraction(1, 2)), "min_shared_weight"),
        groups=MappingProxyType(
            {name: _group(name, group) for name, group in node.child("groups").children()}
        ),
        contribution_map=_contribution_map(node.child("contribution_map")),
        gates=tuple(_gate(gate) for gate in node.items("gates")),
        individual_cap=node.number("individual_cap", None),
        pool=_pool(node.child("pool")) if node.has("pool") else None,
        retro=_retro(node.child("retro")),
        on_account=_on_account(node.child("on_account")) if node.has("on_account") else None,
        author=node.text("author", ""),
        approver=node.text("approver", ""),
        published=node.maybe_day("published"),
        accrues_from=node.maybe_day("accrues_from"),
        measures=MappingProxyType(
            {name: MappingProxyType(m.facts()) for name, m in node.child("measures").children()}
        ),
    )


def _span(node: "_Node") -> Span:
    return Span(node.day("start"), node.day("end"))


def _agreement(node: "_Node") -> Agreement:
    return Agreement(
        signed=node.maybe_day("signed"),
        deposited=node.maybe_day("deposited"),
        protocol=node.text("protocol", ""),
        form_goals=node.texts("form_goals"),
    )


def _eligibility(node: "_Node") -> Eligibility:
    leavers = {"good": "prorate", "bad": "forfeit"} | node.child("leavers").texts_by_name()
    for reason, rule in leavers.items():
        if rule not in {"prorate", "forfeit"}:
            raise BadPlan(f"'{rule}' is no rule for leavers", place=f"{node.place}.leavers.{reason}",
                          hint="Write prorate or forfeit.")  # fmt: skip
    return Eligibility(
        contracts=node.texts("contracts"),
        min_service_days=node.whole("min_service_days", 0),
        employed_on=node.maybe_day("employed_on"),
        leavers=MappingProxyType(leavers),
    )


def _absence(node: "_Node") -> AbsenceRule:
    return AbsenceRule(lost=node.number("lost", Fraction(1)) or Fraction(0), protected=node.yes("protected"))


def _guard_rails(node: "_Node") -> GuardRails:
    usual = GuardRails()
    steps, windows = [], usual.windows
    for place, step in enumerate(node.texts("ladder")):
        name, _, count = step.partition(":")
        if name not in set(Step):
            raise BadPlan(f"'{step}' is no step of the ladder", place=f"{node.place}.ladder[{place}]",
                          hint=f"Known: {', '.join(Step)}.")  # fmt: skip
        steps.append(Step(name))
        if name == Step.ROLLING and count:
            windows = int(exact(count, place=f"{node.place}.ladder[{place}]"))
    credibility = node.child("credibility")
    return GuardRails(
        k_headcount=node.whole("k_headcount", usual.k_headcount),
        k_responses=node.whole("k_responses", usual.k_responses),
        n_min=node.whole("n_min", usual.n_min),
        ladder=tuple(steps) or usual.ladder,
        windows=windows,
        credit=credibility.choice("mode", Credit, Credit.POINT),
        k=credibility.number("K", None),
        dead_band_z=node.number("deadband_z", None),
    )


def _mix(node: "_Node") -> Mix:
    return Mix(
        strata=node.texts("strata"),
        reference=node.text("reference", "frozen_baseline"),
        merge_order=node.texts("merge_order"),
    )


def _group(name: str, node: "_Node") -> Group:
    node.only(*Section)
    components = tuple(_component(section, line) for section in Section for line in node.items(section))
    return Group(name=name, components=components)


def _component(section: Section, node: "_Node") -> Component:
    node.only("measure", "weight", "curve", "improvement", "form_indicator")
    indicator = node.whole("form_indicator", 0)
    return Component(
        measure=node.text("measure"),
        section=section,
        weight=_needed(node.number("weight", None), f"{node.place}.weight"),
        curve=read_curve(node.raw("curve"), place=f"{node.place}.curve"),
        improvement=_improvement(node),
        form_indicator=indicator or None,
    )


def _improvement(node: "_Node") -> Curve | None:
    if not node.has("improvement"):
        return None
    return read_curve(node.raw("improvement"), place=f"{node.place}.improvement")


def _needed(number: Fraction | None, place: str) -> Fraction:
    if number is None:
        raise BadPlan("a number is missing", place=place, hint='Write it as text, such as "0.35".')
    return number


def _contribution_map(node: "_Node") -> Mapping[str, Mapping[str, Fraction]]:
    return MappingProxyType(
        {unit: MappingProxyType({t: exact(w, place=f"{row.place}.{t}") for t, w in row.pairs()})
         for unit, row in node.children()}
    )  # fmt: skip


def _gate(node: "_Node") -> Gate:
    node.only("if", "level", "effect")
    found = _CONDITION.fullmatch(node.text("if"))
    if not found:
        raise BadPlan(f"'{node.text('if')}' is no condition", place=f"{node.place}.if",
                      hint="Write ebitda >= 10000000.00.")  # fmt: skip
    level, _, name = node.text("level", "plan").partition(":")
    if level not in set(Level):
        raise BadPlan(f"'{level}' is no level of a gate", place=f"{node.place}.level",
                      hint=f"Known: {', '.join(Level)}.")  # fmt: skip
    return Gate(
        kpi=found[1],
        sign=found[2],
        threshold=exact(found[3]),
        level=Level(level),
        name=name,
        effect=_effect(node),
    )


def _effect(node: "_Node") -> Effect:
    written = node.raw("effect")
    if isinstance(written, str) and written in {EffectKind.ZERO, EffectKind.HOLD}:
        return Effect(EffectKind(written))
    if isinstance(written, Mapping) and len(written) == 1:
        kind, amount = next(iter(written.items()))
        if kind in {EffectKind.CAP, EffectKind.FACTOR}:
            return Effect(EffectKind(kind), exact(amount, place=f"{node.place}.effect.{kind}"))
    raise BadPlan("this is no effect", place=f"{node.place}.effect",
                  hint='Write zero, hold, {cap: "0.5"} or {factor: "0.75"}.')  # fmt: skip


def _pool(node: "_Node") -> PoolRule:
    node.only("kind", "amount", "rate", "above", "max", "mode", "unspent")
    kind = node.text("kind")
    above = dict(node.child("above").pairs())
    if kind not in {"fixed", "self_funded"} or (kind == "self_funded" and len(above) != 1):
        raise BadPlan("a pool is fixed or self_funded", place=f"{node.place}.kind",
                      hint='Write kind: self_funded, rate: "0.03", above: {ebitda: "10000000"}.')  # fmt: skip
    kpi, threshold = next(iter(above.items())) if above else ("", "0")
    return PoolRule(
        kind=kind,
        amount=node.number("amount", Fraction(0)) or Fraction(0),
        rate=node.number("rate", Fraction(0)) or Fraction(0),
        kpi=kpi,
        above=exact(threshold, place=f"{node.place}.above.{kpi}"),
        most=node.number("max", None),
        mode=node.choice("mode", PoolMode, PoolMode.DOWN_ONLY),
        unspent=node.text("unspent", "company"),
    )


def _retro(node: "_Node") -> Retro:
    return Retro(
        pool=node.text("pool", "freeze_lambda"),
        waive_below=node.number("waive_below", Fraction(0)) or Fraction(0),
        recovery_share=node.number("recovery_share", Fraction(0)) or Fraction(0),
    )


def _on_account(node: "_Node") -> OnAccount:
    node.only("share", "settlement")
    return OnAccount(
        share=_needed(node.number("share", None), f"{node.place}.share"),
        settlement=node.choice("settlement", Settlement, Settlement.NO_RECOVERY),
    )


class _Node:
    """A mapping of the document with the place where it stands."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, Mapping):
            raise BadPlan(
                "names with values are expected here", place=place or "plan", hint="See the example."
            )
        self.value, self.place = value, place

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def only(self, *known: str) -> None:
        for name in self.value:
            if name not in known:
                raise BadPlan(f"'{name}' means nothing here", place=self._at(str(name)),
                              hint=f"Known: {', '.join(known)}.")  # fmt: skip

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def raw(self, name: str) -> Any:
        if not self.has(name):
            raise BadPlan(f"'{name}' is missing", place=self._at(name), hint="Add it.")
        return self.value[name]

    def text(self, name: str, otherwise: str | None = None) -> str:
        value = self.value.get(name)
        if value is None and otherwise is not None:
            return otherwise
        if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
            raise BadPlan(f"'{name}' must be text", place=self._at(name), hint="Write it in quotes.")
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.value.get(name) or ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise BadPlan(f"'{name}' must be a list", place=self._at(name), hint="Write [a, b].")
        return tuple(str(entry) for entry in value)

    def whole(self, name: str, otherwise: int | None = None) -> int:
        value = self.value.get(name)
        if value is None and otherwise is not None:
            return otherwise
        if isinstance(value, bool) or not re.fullmatch(r"\d+", str(value if value is not None else "")):
            raise BadPlan(f"'{name}' must be a whole number", place=self._at(name), hint="Write 30.")
        return int(str(value))

    def number(self, name: str, otherwise: Fraction | None) -> Fraction | None:
        value = self.value.get(name)
        return otherwise if value is None or value in {"null", ""} else exact(value, place=self._at(name))

    def yes(self, name: str) -> bool:
        value = self.value.get(name, False)
        if value in {True, "true", "yes"}:
            return True
        if value in {False, "false", "no"}:
            return False
        raise BadPlan(f"'{name}' is yes or no", place=self._at(name), hint="Write true or false.")

    def choice[E: StrEnum](self, name: str, kind: type[E], otherwise: E) -> E:
        value = self.value.get(name)
        if value is None:
            return otherwise
        if value not in set(kind):
            raise BadPlan(f"'{value}' is not known", place=self._at(name), hint=f"Known: {', '.join(kind)}.")
        return kind(value)

    def maybe_day(self, name: str) -> date | None:
        return self.day(name) if self.has(name) and self.value[name] != "null" else None

    def day(self, name: str) -> date:
        value = self.value.get(name)
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise BadPlan(
                f"'{name}' must be a day", place=self._at(name), hint="Write 2026-01-31."
            ) from error

    def child(self, name: str) -> "_Node":
        return _Node(self.value.get(name) or {}, self._at(name))

    def children(self) -> list[tuple[str, "_Node"]]:
        return [(str(name), _Node(value, self._at(str(name)))) for name, value in self.value.items()]

    def pairs(self) -> list[tuple[str, Any]]:
        return [(str(name), value) for name, value in self.value.items()]

    def texts_by_name(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in self.value.items()}

    def facts(self) -> dict[str, str]:
        """Names with values as text; a mapping such as `where` becomes "channel=app,web; phase=care"."""
        found = {}
        for name, value in self.pairs():
            if isinstance(value, Mapping):
                inner = ((str(key), self._words(entry)) for key, entry in value.items())
                found[name] = "; ".join(f"{key}={words}" for key, words in sorted(inner))
            else:
                found[name] = self._words(value)
        return found

    @staticmethod
    def _words(value: Any) -> str:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ",".join(sorted(str(entry) for entry in value))
        return str(value)

    def items(self, name: str) -> list["_Node"]:
        value = self.value.get(name) or ()
        if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
            raise BadPlan(
                f"'{name}' must be a list", place=self._at(name), hint="Begin each entry with a dash."
            )
        return [_Node(entry, f"{self._at(name)}[{place}]") for place, entry in enumerate(value)]
