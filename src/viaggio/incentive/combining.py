"""From the payouts of the components to one factor: combination, gates, cap."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from viaggio.incentive.errors import BadPlan


class Combination(StrEnum):
    """How the shared and the function's section become one factor."""

    ADDITIVE = "additive"  # weights add up to 1 over both sections
    MULTIPLICATIVE = "multiplicative"  # the factors of the sections are multiplied


class Section(StrEnum):
    """The two parts of everybody's incentive."""

    SHARED = "shared"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component's payout with its weight; `weight` is of the whole (additive) or of the section."""

    name: str
    section: Section
    weight: Fraction
    payout: Fraction

    @property
    def worth(self) -> Fraction:
        """Weight times payout."""
        return self.weight * self.payout


class EffectKind(StrEnum):
    """What a gate does when its condition fails."""

    ZERO = "zero"
    CAP = "cap"  # at most so much
    FACTOR = "factor"  # times so much
    HOLD = "hold"  # paid later, when somebody has decided


@dataclass(frozen=True, slots=True)
class Effect:
    """What a failed gate does, with the amount of a cap or factor."""

    kind: EffectKind
    amount: Fraction = Fraction(0)

    def on(self, factor: Fraction) -> Fraction:
        """The factor after this effect; a hold changes no amount."""
        if self.kind is EffectKind.ZERO:
            return Fraction(0)
        if self.kind is EffectKind.CAP:
            return min(factor, self.amount)
        return factor * self.amount if self.kind is EffectKind.FACTOR else factor


def section_factor(parts: Iterable[Part], combination: Combination) -> Fraction:
    """What a section earns: sum of weight * payout, over the sum of weights when sections are multiplied."""
    parts = list(parts)
    worth = sum((part.worth for part in parts), Fraction(0))
    if combination is Combination.ADDITIVE:
        return worth
    weights = sum((part.weight for part in parts), Fraction(0))
    return worth / weights if weights else Fraction(1)


def combined(sections: Mapping[Section, Fraction], combination: Combination) -> Fraction:
    """The factor of the whole: the sum or the product of the sections' factors."""
    factor = Fraction(0 if combination is Combination.ADDITIVE else 1)
    for value in sections.values():
        factor = factor + value if combination is Combination.ADDITIVE else factor * value
    return factor


def through(factor: Fraction, effects: Iterable[Effect]) -> Fraction:
    """The factor after all effects, in order."""
    for effect in effects:
        factor = effect.on(factor)
    return factor


def capped(factor: Fraction, cap: Fraction | None) -> Fraction:
    """Never below 0, never above the cap."""
    return max(Fraction(0), factor if cap is None else min(factor, cap))


def redistributed(weights: Mapping[str, Fraction], without: Iterable[str]) -> dict[str, Fraction]:
    """Weights of the components that remain, in proportion, with the old total.

    Raises `BadPlan` when none remains.
    """
    gone = set(without)
    left = {name: weight for name, weight in weights.items() if name not in gone}
    total, kept = sum(weights.values(), Fraction(0)), sum(left.values(), Fraction(0))
    if not kept:
        raise BadPlan("no component is left to carry the weight", hint="End the ladder with neutral.")
    return {name: weight * total / kept for name, weight in left.items()}


def weight_of(sections: Sequence[Part], section: Section) -> Fraction:
    """Sum of the weights of a section."""
    return sum((part.weight for part in sections if part.section is section), Fraction(0))
