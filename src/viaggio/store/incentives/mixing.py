"""The mix of a cell: reference shares of its strata, and which dimensions are given up for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Stratum
from viaggio.kernel import Period
from viaggio.measure.catalogue import metric
from viaggio.pulse.index import DIMENSIONS
from viaggio.store.incentives.asking import Ask
from viaggio.store.incentives.counting import NO_STRATUM, count
from viaggio.store.readings import Answers, answers_of

TINY = 2
"""A stratum of fewer answers has no variance and is merged with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixing:
    """Reference shares by stratum of these dimensions, and in which order dimensions are given up."""

    dimensions: tuple[str, ...] = ()
    shares: Mapping[str, Fraction] = field(default_factory=dict)
    order: tuple[str, ...] = ()


AS_COUNTED = Mixing()


def mixing_of(engine: Answers, plan: Plan, ask: Ask, windows: Mapping[str, Period]) -> Mixing:
    """Reference shares of the strata: of the whole company's answers in the baseline, else in the period."""
    dimensions = tuple(name for name in plan.mix.strata if name in DIMENSIONS)
    if not dimensions or not metric(ask.metric).figure or ask.weights != "none":
        return AS_COUNTED
    frozen = plan.mix.reference == "frozen_baseline" and "baseline" in windows
    period = windows["baseline" if frozen else "period"]
    found = count(answers_of(engine), metric(ask.metric).figure, period, ask.where, dimensions)
    shares = {name: Fraction(stratum.n, found.n) for name, stratum in found.strata.items() if found.n}
    return Mixing(dimensions=dimensions, shares=shares, order=(*plan.mix.merge_order, *dimensions))


def mixed(engine: Answers, ask: Ask, period: Period, mixing: Mixing) -> tuple[Stratum, ...]:
    """Strata with their reference shares; while one that has a share is tiny, a dimension is given up.

    Dimensions go in the order that the plan declares. With none left the cell is as it was counted.
    """
    left, figure = list(mixing.dimensions), metric(ask.metric).figure
    while True:
        strata = count(answers_of(engine), figure, period, ask.where, left).strata
        merged = _merged(mixing.shares, left)
        if not left:
            return tuple(strata.values())
        if all(name in strata and strata[name].n >= TINY for name, share in merged.items() if share):
            return tuple(
                replace(strata[name], share=merged.get(name, Fraction(0))) for name in sorted(strata)
            )
        left.remove(next(name for name in mixing.order if name in left))


def _merged(shares: Mapping[str, Fraction], dimensions: Sequence[str]) -> dict[str, Fraction]:
    """Reference shares added up over the dimensions that were given up."""
    found: dict[str, Fraction] = {}
    for name, share in shares.items():
        parts = [part for part in name.split("|") if part.split("=", 1)[0] in dimensions]
        key = "|".join(parts) or NO_STRATUM
        found[key] = found.get(key, Fraction(0)) + share
    return found
