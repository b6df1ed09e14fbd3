"""Intervals of one share in a drawn sample (Korn and Graubard 1998; R's `svyciprop`)."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.roots import root
from viaggio.estimate.survey.design import Design
from viaggio.estimate.survey.estimates import mean, quantile_of_t

Method = Literal["logit", "likelihood", "arcsine", "beta", "plain"]


def share_interval(
    design: Design, holds: Any, method: Method = "logit", *, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the share of the population for which `holds` (n,) is true, by t with the design's freedom.

    logit: symmetric on the log odds. arcsine: on the angle. likelihood: where the weighted likelihood,
    scaled by the design effect, falls by t squared. beta: Korn and Graubard's, cautious, for few answers.
    plain: symmetric around the share, may leave 0 to 1. Raises `BadSample` when all or none hold, except
    for "plain": nothing of the spread is seen then; use an interval of `estimate.shares`.
    """
    values = np.asarray(holds, dtype=float)
    found = mean(design, {"share": values})
    share, error = float(found.values[0]), float(found.errors[0])
    reach = quantile_of_t(level, design.freedom)
    if method == "plain":
        return share - reach * error, share + reach * error
    if not 0 < share < 1:
        raise BadSample(
            f"all answers are alike (share {share:g}), so the sample shows no spread",
            hint="Use an interval from counts, such as Wilson's.",
        )
    if method == "logit":
        centre, half = np.log(share / (1 - share)), reach * error / (share * (1 - share))
        return tuple(float(1 / (1 + np.exp(-centre - side * half))) for side in (-1, 1))  # type: ignore[return-value]  # two sides
    if method == "arcsine":
        centre, half = np.arcsin(np.sqrt(share)), reach * error / (2 * np.sqrt(share * (1 - share)))
        return tuple(float(np.sin(centre + side * half) ** 2) for side in (-1, 1))  # type: ignore[return-value]  # two sides
    if method == "beta":
        return _beta(share, error, design, level)
    return _likelihood(share, error, design.n, reach)


def _beta(share: float, error: float, design: Design, level: float) -> tuple[float, float]:
    """Clopper-Pearson at the effective sample size, corrected for the design's freedom."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    n = share * (1 - share) / error**2
    n *= (quantile_of_t(level, design.n - 1) / quantile_of_t(level, design.freedom)) ** 2
    low = betaincinv(n * share, n * (1 - share) + 1, tail)
    high = betaincinv(n * share + 1, n * (1 - share), 1 - tail)
    return float(low), float(high)


def _likelihood(share: float, error: float, n: int, reach: float) -> tuple[float, float]:
    """Where the deviance over the dispersion n / (n - 1) reaches t squared times the design effect."""
    effect = error**2 / (share * (1 - share) / n)

    def fallen(side: float) -> Callable[[float], float]:
        def beyond(at: float) -> float:
            lost = share * np.log(share / at) + (1 - share) * np.log((1 - share) / (1 - at))
            return float(np.sqrt(max(2 * (n - 1) * lost, 0.0)) - reach * np.sqrt(effect)) * side

        return beyond

    tiny = 1e-300
    return root(fallen(1.0), tiny, share), root(fallen(1.0), 1 - 1e-16, share)
