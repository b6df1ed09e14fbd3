"""One measured value: what would be credited and paid on it, whether it is better, who was asked."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from viaggio.incentive import scoring
from viaggio.incentive.curves import Curve, payout, read_curve
from viaggio.incentive.detectors.coverage import LEAST_RATIO, Invited, Z
from viaggio.incentive.detectors.coverage import coverage as compared
from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import amount, cents, fraction, written
from viaggio.incentive.run.cells import score_of, target_of
from viaggio.incentive.run.model import Cell, Stratum
from viaggio.incentive.scoring import Score
from viaggio.incentive.single.asked import Asked

KINDS = ("nps", "share", "mean", "value")
ANSWERS = ("kind", "n", "promoters", "detractors", "hits", "total", "squares", "value", "share")
WAYS = ("curve", "target", "parent", "K", "z", "baseline", "parent_change")


def score_in(values: Mapping[str, Any], place: str) -> Score:
    """A score from its counts: {kind: nps, promoters, detractors, n} ... Raises `BadAmount`."""
    found = score_of(Cell(measure=place, strata=(_stratum(Asked(values, ANSWERS, place), ""),)))
    if found is None:
        raise BadAmount("there are no answers", place=place, hint="Give counts, or a value.")
    return found


def _stratum(asked: Asked, name: str) -> Stratum:
    kind = asked.text("kind", KINDS)
    return Stratum(
        name=name,
        kind=kind,
        n=asked.whole("n", 0),
        promoters=asked.whole("promoters", 0),
        detractors=asked.whole("detractors", 0),
        hits=asked.whole("hits", 0),
        total=asked.number("total", Fraction(0)),
        squares=asked.maybe("squares"),
        value=asked.maybe("value"),
        share=asked.maybe("share"),
    )


def credit(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every way in which a measured value can be credited, side by side: what each gives, pays and costs.

    `values`: the counts of a cell (`ANSWERS`), or `strata` of them by name with their reference `share`;
    `parent` with `K` for credibility (Z = n / (n + K)), `baseline` and `parent_change` for its change; `z`
    for the dead band and the lower bound; `curve` and `target`. A way without its numbers is left out.
    """
    asked = Asked(values, (*ANSWERS, "strata", *WAYS))
    score = _scored(asked, values)
    curve = read_curve(asked.named("curve")) if asked.has("curve") else None
    ways = {"point": score.value} | _shrunk(asked, score) | _bounded(asked, score, curve)
    told: dict[str, Any] = {name: _told(value, curve, asked.maybe("target")) for name, value in ways.items()}
    told |= {
        "raw": written(score.value),
        "n": score.n,
        "n_eff": written(score.n_eff),
        "se": written(score.se),
    }
    if asked.has("K"):
        told["Z"] = fraction(_weight(asked, score))
    return told


def _weight(asked: Asked, score: Score) -> Fraction:
    k = asked.number("K")
    if k < 0 or score.n_eff + k == 0:
        raise BadAmount("there is nothing to weigh", place="K", hint="Give n, and a K of 0 or more.")
    return scoring.credibility(score.n_eff, k)


def _scored(asked: Asked, values: Mapping[str, Any]) -> Score:
    if not asked.has("strata"):
        return score_in({name: values[name] for name in ANSWERS if name in values}, "")
    strata = tuple(
        _stratum(Asked(one, ANSWERS, f"strata.{name}"), name) for name, one in asked.named("strata").items()
    )
    found = score_of(Cell(measure="strata", strata=strata))
    if found is None:
        raise BadAmount("there are no answers", place="strata", hint="Give counts, or values.")
    return found


def _shrunk(asked: Asked, score: Score) -> dict[str, Fraction]:
    """Level and change, shrunk to the parent's."""
    if not asked.has("K"):
        return {}
    weight, found = _weight(asked, score), {}
    if asked.has("parent"):
        found["shrunk_level"] = scoring.shrunk_level(score.value, asked.number("parent"), weight)
    if asked.has("baseline") and asked.has("parent_change"):
        found["shrunk_change"] = scoring.shrunk_change(
            score.value, asked.number("baseline"), asked.number("parent_change"), weight
        )
    return found


def _bounded(asked: Asked, score: Score, curve: Curve | None) -> dict[str, Fraction]:
    """What is left of a value when its uncertainty is taken off: around the target, or all of it."""
    if not asked.has("z"):
        return {}
    margin = asked.number("z") * score.se
    falling = curve is not None and curve.falling
    found = {"lower_bound": score.value + margin if falling else score.value - margin}
    if curve is not None:
        found["deadband"] = scoring.dead_band(score.value, target_of(curve), margin)
    return found


def _told(value: Fraction, curve: Curve | None, target: Fraction | None) -> dict[str, str]:
    credited = scoring.credited(value)
    told = {"credited": written(credited)}
    if curve is not None:
        factor = payout(curve, credited)
        told["payout"] = fraction(factor)
        if target is not None:
            told["award"] = amount(cents(target * factor))
    return told


def improvement(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a measure got better: `now` and `before` as counts, `z` one-sided, `margin` in its unit."""
    asked = Asked(values, ("now", "before", "z", "margin"))
    now, before = score_in(asked.named("now"), "now"), score_in(asked.named("before"), "before")
    found = scoring.improvement(now, before, z=asked.number("z"), margin=asked.number("margin", Fraction(0)))
    return {
        "n_before": before.n,
        "n_now": now.n,
        "baseline": written(before.value),
        "current": written(now.value),
        "difference": written(found.difference),
        "se": written(found.se),
        "lower_bound": written(found.lower),
        "incremental": found.incremental,
        "non_inferior": found.non_inferior,
        "significant": found.significant,
    }


COUNTS = ("eligible_easy", "invited_easy", "eligible_hard", "invited_hard")


def coverage(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whether hard cases were invited less often than easy ones: four counts, `least` ratio, `z`."""
    asked = Asked(values, (*COUNTS, "least", "z"))
    seen = compared(
        Invited(**{name: asked.whole(name) for name in COUNTS}),
        least=asked.number("least", LEAST_RATIO),
        z=asked.number("z", Z),
    )
    return {
        "rate_easy": fraction(seen.rate_easy),
        "rate_hard": fraction(seen.rate_hard),
        "coverage_ratio": None if seen.ratio is None else fraction(seen.ratio),
        "coverage_ratio_6dp": None if seen.ratio is None else written(seen.ratio),
        "z": written(seen.z),
        "flag": seen.flag,
    }
