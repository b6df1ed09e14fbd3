"""What the simulator's page shows of a simulation: cost and its spread, chances, units, differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from viaggio.web.incentive.models import OrgUnit, Simulation
from viaggio.web.incentive.plan_words import group_name, measure_name
from viaggio.web.incentive.run_words import gate_words
from viaggio.web.incentive.services.totals_page import GENDERS
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Bar, Chart, bars

PEOPLE = 50  # rows of the table of persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An amount under the other version and under this one, in cents."""

    name: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """What this version adds."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonShown:
    """The exact difference to another version."""

    total: Difference
    units: Sequence[Difference]
    groups: Sequence[Difference]
    people: Sequence[Difference]
    people_all: int
    more: int
    less: int
    causes: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationShown:
    """A simulation as its page shows it; amounts in cents, chances between 0 and 1."""

    simulation: Simulation
    first: date
    last: date
    ahead: bool
    people: int
    base: int
    mean: int
    p5: int
    p50: int
    p95: int
    sd: int
    gates: Sequence[tuple[str, float]]
    pool_binds: float | None
    factor: float
    noise_share: float | None
    per_point: Sequence[tuple[str, int]]
    units: Sequence[tuple[str, Mapping[str, int]]]
    hidden: int
    chart: Chart
    genders: Sequence[tuple[str, int | None, float | None]]
    comparison: ComparisonShown | None
    stale: bool


def shown(simulation: Simulation) -> SimulationShown | None:
    """A simulation that is done; None for any other."""
    result = simulation.result
    if simulation.state != "done" or not result:
        return None
    names = dict(OrgUnit.objects.values_list("code", "name"))
    cost = _cents(result["cost"])
    return SimulationShown(
        simulation=simulation,
        first=date.fromisoformat(result["first"]),
        last=date.fromisoformat(result["last"]),
        ahead=result["ahead"],
        people=result["people"],
        base=result["base_cents"],
        mean=cost["mean"],
        p5=cost["p5"],
        p50=cost["p50"],
        p95=cost["p95"],
        sd=_hundredfold(result["sd"]),
        gates=[(_gate(text), chance) for text, chance in result["gates"].items()],
        pool_binds=result["pool_binds"],
        factor=result["factor"],
        noise_share=result["noise_share"],
        per_point=[(measure_name(name), _hundredfold(v)) for name, v in result["per_point"].items()],
        units=[(names.get(code) or code, _cents(band)) for code, band in result["units"].items()],
        hidden=len(result["hidden"]),
        chart=_chart(result["bins"]),
        genders=[
            (str(GENDERS.get(code.lower(), code)), *figures)
            for code, figures in result.get("genders", {}).items()
        ],
        comparison=_comparison(result["comparison"], names) if "comparison" in result else None,
        stale=simulation.version_sha256 != simulation.version.sha256,
    )


def _hundredfold(value: float) -> int:
    return round(value * 100)


def _cents(band: Mapping[str, float]) -> dict[str, int]:
    return {name: _hundredfold(value) for name, value in band.items()}


def _gate(text: str) -> str:
    kpi, sign, threshold = text.split(" ", 2)
    return gate_words(f"{kpi} {sign} {Fraction(threshold)}")


def _chart(bins: Sequence[Sequence[float]]) -> Chart:
    """The distribution of cost over all draws; every fourth column has its amount below."""
    columns = [
        Bar(label=formats.money(low * 100, short=True) if place % 6 == 0 else "", n=int(count))
        for place, (low, _high, count) in enumerate(bins)
    ]
    return bars(
        columns,
        key="cost",
        title=_("Cost over all draws"),
        about=_("How many draws cost how much, from %(low)s to %(high)s.")
        % {"low": formats.money(bins[0][0] * 100), "high": formats.money(bins[-1][1] * 100)},
        count=_unsaid,
        share=formats.share,
    )


def _unsaid(_count: int) -> str:
    """No number on a column: the table below has what matters."""
    return ""


def _comparison(data: Mapping[str, Any], names: Mapping[str, str]) -> ComparisonShown:
    people = [Difference(name=n, before=b, after=a) for n, b, a in data["people"] if a != b]
    people.sort(key=lambda row: (-abs(row.difference), row.name))
    return ComparisonShown(
        total=Difference(name="", before=data["before"], after=data["after"]),
        units=[Difference(name=names.get(n) or n, before=b, after=a) for n, b, a in data["units"]],
        groups=[Difference(name=group_name(n), before=b, after=a) for n, b, a in data["groups"]],
        people=people[:PEOPLE],
        people_all=len(people),
        more=data["more"],
        less=data["less"],
        causes=[(_parts([part, *together]), cents) for part, together, cents in data["causes"]],
    )


def _parts(parts: Sequence[str]) -> str:
    return ", ".join(part_name(part) for part in parts)


def part_name(part: str) -> str:
    """What a part of the plan or of the inputs is called."""
    names = {
        "period": _("the period"),
        "baseline": _("the period to compare with"),
        "eligibility": _("who takes part"),
        "absences": _("absences"),
        "measures": _("declarations of measures"),
        "mix": _("the mix"),
        "guard_rails": _("guard rails"),
        "combination": _("how parts are put together"),
        "groups": _("groups, weights and curves"),
        "contribution_map": _("touchpoints of the functions"),
        "gates": _("gates"),
        "individual_cap": _("the cap of each person"),
        "pool": _("the pool"),
        "people": _("people"),
        "cells": _("measured values"),
        "kpis": _("figures of the company"),
        "holds": _("holds"),
        "window": _("the days that are settled"),
    }
    return names.get(part, part.replace("_", " "))
