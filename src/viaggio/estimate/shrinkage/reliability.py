"""What may be decided on units' figures: reliability, chance of a target, expected rank, guard band.

Normal figures with known sampling variances and a known variance `between` units (from `known_variances`).
Sources: Lin et al. (2006) for expected ranks, van Houwelingen et al. (2009) for rankability, Spearman and
Brown (1910) for repeats.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, BadSample
from viaggio.estimate.series import Floats, whole_series

PLACE = "reliability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Per unit its reliability (0 to 1), the figure drawn to `mean`, and that figure's deviation."""

    mean: float
    reliability: Floats
    shrunk: Floats
    deviations: Floats


def standing(values: npt.ArrayLike, variances: npt.ArrayLike, between: float) -> Standing:
    """Shrink with a given variance between units: B y + (1 - B) mean, B = between / (between + variance).

    `mean` is weighted by 1 / (between + variance). With `between` 0 every unit stands at the mean.
    """
    y, v = _figures(values, variances)
    if not between >= 0:
        raise BadNumber(f"variance between units {between}", place=PLACE)
    weights = 1 / (between + v)
    mean = float((y * weights).sum() / weights.sum())
    own = between * weights
    return Standing(
        mean=mean,
        reliability=own,
        shrunk=own * y + (1 - own) * mean,
        deviations=np.sqrt(own * v),
    )


def prob_above(values: npt.ArrayLike, deviations: npt.ArrayLike, target: float) -> Floats:
    """Chance that the true figure is above the target, for normal figures with these deviations."""
    from scipy.special import ndtr

    y, s = _figures(values, deviations)
    chance: Floats = ndtr((y - target) / s)
    return chance


def guard_band(variances: npt.ArrayLike, target: float, confidence: float) -> Floats:
    """The figure a unit must show to be above the target with `confidence` (0.5 to 1), by its own error."""
    from scipy.special import ndtri

    if not 0 < confidence < 1:
        raise BadNumber(f"confidence {confidence} is not between 0 and 1", place=PLACE)
    v = _figures(variances, variances)[1]
    return target + float(ndtri(confidence)) * np.sqrt(v)


def expected_ranks(values: npt.ArrayLike, deviations: npt.ArrayLike) -> Floats:
    """Expected rank, 1 the highest: 1 + the chances that each other unit is better."""
    from scipy.special import ndtr

    y, s = _figures(values, deviations)
    better = ndtr((y[None, :] - y[:, None]) / np.sqrt(s[None, :] ** 2 + s[:, None] ** 2))
    np.fill_diagonal(better, 0.0)
    ranks: Floats = 1 + better.sum(axis=1)
    return ranks


def rankability(variances: npt.ArrayLike, between: float) -> float:
    """The share of differences in rank that is not chance: between / (between + median variance)."""
    v = _figures(variances, variances)[1]
    return float(between / (between + np.median(v)))


def answers_needed(reliability: float, answer_variance: float, between: float) -> float:
    """Answers per unit for a reliability: r / (1 - r) * variance of one answer / variance between units."""
    if not 0 < reliability < 1 or not between > 0 or not answer_variance >= 0:
        raise BadNumber(
            f"reliability {reliability} with variance {between} between units",
            place=PLACE,
            hint="Where units do not differ, no number of answers tells them apart.",
        )
    return reliability / (1 - reliability) * answer_variance / between


def reliability_of_repeats(reliability: npt.ArrayLike, times: float = 2.0) -> Floats:
    """Reliability of `times` as many answers (Spearman and Brown): times r / (1 + (times - 1) r)."""
    r = np.asarray(reliability, dtype=np.float64)
    if not times > 0 or ((r < 0) | (r > 1)).any():
        raise BadNumber(f"reliability outside 0 to 1, or {times} times as many answers", place=PLACE)
    return np.asarray(times * r / (1 + (times - 1) * r))


def prob_real_change(
    now: npt.ArrayLike, now_variances: npt.ArrayLike, before: npt.ArrayLike, before_variances: npt.ArrayLike
) -> Floats:
    """Chance that the true figure rose, from two independent figures: Phi((now - before) / sqrt(v1 + v0))."""
    from scipy.special import ndtr

    y1, v1 = _figures(now, now_variances)
    y0, v0 = _figures(before, before_variances)
    if len(y1) != len(y0):
        raise BadSample(f"{len(y1)} figures now and {len(y0)} before", place=PLACE)
    chance: Floats = ndtr((y1 - y0) / np.sqrt(v1 + v0))
    return chance


def _figures(values: npt.ArrayLike, spreads: npt.ArrayLike) -> tuple[Floats, Floats]:
    y = whole_series(values, least=1, place=PLACE)
    v = whole_series(spreads, least=1, place=PLACE)
    if len(y) != len(v) or (v <= 0).any():
        raise BadSample(
            f"{len(y)} figures with {len(v)} spreads, or a spread that is not above 0",
            place=PLACE,
            hint="Leave out units without spread, or give them the pooled one.",
        )
    return y, v
