"""Intervals read off a profile of the likelihood, on the grid of points of the programs in R."""

from math import exp, inf, log, sqrt
from typing import Any

from golden_cases.r_ways import crossing, profile, spline
from viaggio.estimate import survey
from viaggio.estimate.survey import Design


def likelihood_interval(design: Design, holds: Any, level: float = 0.95) -> tuple[float, float]:
    """R's `svyciprop(method="likelihood")`: MASS' profile of a logistic model with an intercept alone.

    The design effect is over the information of the last step but one, at which R's fit stops with its
    loose default. The product's own interval (`share_interval(..., "likelihood")`) solves the same equation
    exactly.
    """
    from scipy.special import fdtri, ndtr, stdtrit

    model = survey.regress(design, holds, {}, "logit", tolerance=1e-8)
    centre, error = float(model.estimates.values[0]), float(model.estimates.errors[0])
    share, n = 1 / (1 + exp(-centre)), design.n
    effect = error**2 / float(model.curve.inverse[0, 0])
    reach = float(stdtrit(design.freedom, 1 - (1 - level) / 2)) * sqrt(effect)
    farthest = sqrt(float(fdtri(1, n - 1, 1 - float(ndtr(-reach)) / 2)))

    def statistic(at: float) -> float:
        other = 1 / (1 + exp(-at))
        lost = share * log(share / other) + (1 - share) * log((1 - share) / (1 - other))
        return sqrt(max(2 * (n - 1) * lost, 0.0)) * (1 if at > centre else -1)

    grid, values = profile(statistic, centre, farthest / 5 * error, farthest, most=9)
    place = next(index for index, at in enumerate([*grid, inf]) if at > centre)
    grid.insert(place, centre)
    values.insert(place, 0.0)
    x, y = spline(grid, values)
    low, high = (1 / (1 + exp(-crossing(x, y, side * reach))) for side in (-1, 1))
    return low, high


def logit_interval(design: Design, holds: Any, level: float = 0.95) -> tuple[float, float]:
    """R's `svyciprop(method="logit")`: a logistic model with an intercept alone, fitted as loosely."""
    found = survey.regress(design, holds, {}, "logit", tolerance=1e-8).estimates
    low, high = found.interval(level, freedom=design.freedom)[0]
    return 1 / (1 + exp(-low)), 1 / (1 + exp(-high))
