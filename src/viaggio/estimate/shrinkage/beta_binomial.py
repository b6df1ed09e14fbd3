"""Shares of many units, by empirical Bayes: units' true shares follow a beta distribution.

hits of a unit ~ binomial(n, share), share ~ beta(a, b), with a and b by maximum likelihood over all units;
a unit's share given its hits is beta(hits + a, n - hits + b).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadCounts, BadNumber, NotConverged, TooFew
from viaggio.estimate.series import Floats, whole_series

PLACE = "beta-binomial"


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBinomial:
    """The prior and each unit's share. `mean` and `correlation` = 1 / (a + b + 1) describe the prior.

    `own_weight` is what the unit's own share counts in `shrunk`, n / (n + a + b); `low` and `high` hold the
    unit's true share with chance `level`.
    """

    a: float
    b: float
    mean: float
    correlation: float
    log_likelihood: float
    raw: Floats
    shrunk: Floats
    own_weight: Floats
    low: Floats
    high: Floats
    level: float
    hits: Floats
    sizes: Floats

    def prob_above(self, target: float) -> Floats:
        """Per unit the chance that its true share is above the target (0 to 1)."""
        from scipy.special import betaincc

        if not 0 <= target <= 1:
            raise BadNumber(f"target {target} is no share", place=PLACE, hint="Give 0 to 1.")
        above: Floats = betaincc(self.hits + self.a, self.sizes - self.hits + self.b, target)
        return above


def beta_binomial(hits: npt.ArrayLike, sizes: npt.ArrayLike, *, level: float = 0.95) -> BetaBinomial:
    """Fit the prior to units' `hits` of `sizes` and draw each unit's share to it.

    Raises `BadCounts`, `TooFew` units, and `NotConverged` when units differ no more than chance lets them:
    then one pooled share speaks for all.
    """
    from scipy.special import betaincinv

    x, n = _counted(hits, sizes)
    if not 0 < level < 1:
        raise BadNumber(f"level {level} is not between 0 and 1", place=PLACE)
    _check_that_units_differ(x, n)
    a, b = _most_likely(x, n)
    tail = (1 - level) / 2
    return BetaBinomial(
        a=a,
        b=b,
        mean=a / (a + b),
        correlation=1 / (a + b + 1),
        log_likelihood=_log_likelihood(x, n, a, b),
        raw=x / n,
        shrunk=(x + a) / (n + a + b),
        own_weight=n / (n + a + b),
        low=betaincinv(x + a, n - x + b, tail),
        high=betaincinv(x + a, n - x + b, 1 - tail),
        level=level,
        hits=x,
        sizes=n,
    )


def prior_moments(hits: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[float, float]:
    """The prior's a and b by moments (Kleinman 1973), where maximum likelihood asks too much; same errors."""
    x, n = _counted(hits, sizes)
    total = n.sum()
    mean = x.sum() / total
    between = (n * (x / n - mean) ** 2).sum() / ((len(x) - 1) * mean * (1 - mean)) if 0 < mean < 1 else 0.0
    typical = (total - (n**2).sum() / total) / (len(x) - 1)
    correlation = (between - 1) / (typical - 1) if typical > 1 else 0.0
    if not 0 < correlation < 1:
        raise _alike()
    strength = 1 / correlation - 1
    return float(mean * strength), float((1 - mean) * strength)


def _check_that_units_differ(x: Floats, n: Floats) -> None:
    """The likelihood rises from no difference exactly when this score is above 0 (Tarone 1979)."""
    mean = x.sum() / n.sum()
    if not 0 < mean < 1 or ((x - n * mean) ** 2).sum() / (mean * (1 - mean)) <= n.sum():
        raise _alike()


def _alike() -> NotConverged:
    return NotConverged(
        "units differ no more than chance lets them",
        place=PLACE,
        hint="Use the pooled share for every unit.",
    )


def _log_likelihood(x: Floats, n: Floats, a: float, b: float) -> float:
    from scipy.special import betaln, gammaln

    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float((ways + betaln(x + a, n - x + b) - betaln(a, b)).sum())


def _most_likely(x: Floats, n: Floats) -> tuple[float, float]:
    """Maximum over log a and log b: BFGS with the exact slope, then Newton's steps."""
    from scipy.optimize import minimize
    from scipy.special import digamma, polygamma

    def downhill(logs: Floats) -> tuple[float, Floats]:
        a, b = np.exp(np.clip(logs, -30, 30))
        by_size = digamma(n + a + b) - digamma(a + b)
        slope_a = a * (digamma(x + a) - digamma(a) - by_size).sum()
        slope_b = b * (digamma(n - x + b) - digamma(b) - by_size).sum()
        return -_log_likelihood(x, n, float(a), float(b)), -np.array([slope_a, slope_b])

    def curvature(logs: Floats) -> Floats:
        a, b = np.exp(logs)
        by_size = polygamma(1, n + a + b) - polygamma(1, a + b)
        both = a * b * -by_size.sum()
        own_a = a * a * (polygamma(1, x + a) - polygamma(1, a) - by_size).sum()
        own_b = b * b * (polygamma(1, n - x + b) - polygamma(1, b) - by_size).sum()
        slope = downhill(logs)[1]
        return -np.array([[own_a - slope[0], both], [both, own_b - slope[1]]])

    mean = x.sum() / n.sum()
    found = minimize(downhill, np.log([10 * mean, 10 * (1 - mean)]), jac=True, method="BFGS")
    logs = np.asarray(found.x, dtype=np.float64)
    for _ in range(50):
        step = np.linalg.solve(curvature(logs), downhill(logs)[1])
        logs = logs - np.clip(step, -1, 1)
        if not np.isfinite(logs).all() or np.abs(logs).max() > 20:
            raise _alike()
        if np.abs(step).max() < 1e-12:
            break
    a, b = np.exp(logs)
    return float(a), float(b)


def _counted(hits: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[Floats, Floats]:
    x = whole_series(hits, least=1, place=PLACE)
    n = whole_series(sizes, least=1, place=PLACE)
    if len(x) != len(n) or (x < 0).any() or (x > n).any() or (n <= 0).any():
        raise BadCounts(
            "hits and sizes do not fit", place=PLACE, hint="0 <= hits <= size, and no unit without answers."
        )
    if len(x) < 3:
        raise TooFew(f"{len(x)} units", place=PLACE, hint="A spread between units needs three or more.")
    return x, n
