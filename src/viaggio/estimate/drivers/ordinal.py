"""Cumulative-link regression of an ordered outcome (NPS band, satisfaction) on drivers.

P(Y <= k) = F(threshold_k - x'b) with one b for all thresholds: proportional odds (McCullagh 1980) for the
logit link, ordered probit for the normal one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.regression import check_columns, complete_rows
from viaggio.estimate.drivers.subsets import Floats
from viaggio.estimate.errors import EmptyCategory, NotConverged, TooFew

PLACE = "ordinal drivers"


class Link(StrEnum):
    """How chances follow from the linear part."""

    LOGIT = "logit"
    PROBIT = "probit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinal:
    """A fitted cumulative-link model.

    `levels` are the outcome's values in order, `counts` how often each occurs. `thresholds` (levels - 1,)
    lie between them; a positive coefficient moves answers up. Errors are from the observed information.
    """

    levels: tuple[float, ...]
    counts: tuple[int, ...]
    drivers: tuple[str, ...]
    thresholds: Floats
    coefficients: Floats
    threshold_errors: Floats
    errors: Floats
    log_likelihood: float
    n: int


def ordinal(
    outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str], *, link: Link = Link.LOGIT
) -> Ordinal:
    """Maximum-likelihood cumulative-link model of `outcome` (n,), any ordered numbers, on `drivers` (n, p).

    Rows with a missing number are left out. Raises `EmptyCategory` when only one level occurs, `Constant`
    or `Collinear` naming the driver, `NotConverged` when the likelihood has no finite maximum.
    """
    y, x, _ = complete_rows(outcome, drivers, names, PLACE)
    levels, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(levels) < 2:
        raise EmptyCategory("Fewer than two levels of the outcome occur", place=PLACE)
    if len(y) <= len(names) + len(levels) - 1:
        raise TooFew(f"{len(y)} complete rows for {len(names) + len(levels) - 1} parameters", place=PLACE)
    check_columns(x, names, PLACE)
    model = _Model(codes, x - x.mean(axis=0), len(levels) - 1, link)
    found, information, likelihood = _newton(model, _start(counts, link, len(names)))
    cuts = len(levels) - 1
    # back from centred drivers: threshold + mean'b
    turn = np.eye(len(found))
    turn[:cuts, cuts:] = x.mean(axis=0)
    variance = np.diagonal(turn @ np.linalg.inv(information) @ turn.T)
    found = turn @ found
    return Ordinal(
        levels=tuple(float(level) for level in levels),
        counts=tuple(int(count) for count in counts),
        drivers=tuple(names),
        thresholds=found[:cuts],
        coefficients=found[cuts:],
        threshold_errors=np.sqrt(variance[:cuts]),
        errors=np.sqrt(variance[cuts:]),
        log_likelihood=likelihood,
        n=len(y),
    )


class _Model:
    """Likelihood, score and observed information at (thresholds, coefficients)."""

    def __init__(self, codes: npt.NDArray[np.intp], drivers: Floats, cuts: int, link: Link) -> None:
        self.cumulative, self.density, self.slope = _link(link)
        rows, n = np.arange(len(codes)), len(codes)
        # derivatives of the upper and the lower bound of each answer's interval in the parameters
        self.upper, self.lower = np.zeros((n, cuts)), np.zeros((n, cuts))
        self.has_upper, self.has_lower = codes < cuts, codes > 0
        self.upper[rows[self.has_upper], codes[self.has_upper]] = 1
        self.lower[rows[self.has_lower], codes[self.has_lower] - 1] = 1
        self.upper = np.column_stack([self.upper, -drivers])
        self.lower = np.column_stack([self.lower, -drivers])

    def chances(self, parameters: Floats) -> tuple[Floats, Floats, Floats]:
        """Upper bounds, lower bounds and the chance of each answer."""
        high = np.where(self.has_upper, self.upper @ parameters, np.inf)
        low = np.where(self.has_lower, self.lower @ parameters, -np.inf)
        # the upper tail is subtracted where both bounds lie high: no digits are lost
        flip = low > 0
        chance = self.cumulative(np.where(flip, -low, high)) - self.cumulative(np.where(flip, -high, low))
        return high, low, chance

    def log_likelihood(self, parameters: Floats) -> float:
        """Minus infinity where thresholds cross."""
        chance = self.chances(parameters)[2]
        return float(np.log(chance).sum()) if (chance > 0).all() else -np.inf

    def derivatives(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Score and observed information."""
        high, low, chance = self.chances(parameters)
        up, down = self.density(high) / chance, self.density(low) / chance
        each = self.upper * up[:, None] - self.lower * down[:, None]
        bent = (self.upper * (self.slope(high) / chance)[:, None]).T @ self.upper
        bent -= (self.lower * (self.slope(low) / chance)[:, None]).T @ self.lower
        return each.sum(axis=0), each.T @ each - bent


def _link(link: Link) -> tuple[Callable[[Floats], Floats], ...]:
    """Distribution function, density and the density's slope; 0 at the ends."""
    from scipy.special import expit, ndtr

    if link is Link.LOGIT:

        def density(t: Floats) -> Floats:
            return np.asarray(expit(t) * expit(-t))

        def slope(t: Floats) -> Floats:
            return np.asarray(density(t) * (expit(-t) - expit(t)))

        return expit, density, slope

    def normal(t: Floats) -> Floats:
        return np.asarray(np.exp(-0.5 * t**2) / np.sqrt(2 * np.pi))

    def normal_slope(t: Floats) -> Floats:
        return -np.where(np.isfinite(t), t, 0) * normal(t)

    return ndtr, normal, normal_slope


def _start(counts: npt.NDArray[np.intp], link: Link, drivers: int) -> Floats:
    """Thresholds that fit the shares of the levels, no effects."""
    from scipy.special import logit, ndtri

    shares = np.cumsum(counts)[:-1] / counts.sum()
    cuts: Floats = (logit if link is Link.LOGIT else ndtri)(shares)
    return np.concatenate([cuts, np.zeros(drivers)])


def _newton(model: _Model, parameters: Floats) -> tuple[Floats, Floats, float]:
    """Parameters of greatest likelihood, the information there, and the log likelihood."""
    reached = model.log_likelihood(parameters)
    for _ in range(100):
        score, information = model.derivatives(parameters)
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError as problem:
            raise _endless() from problem
        size = 1.0
        while (after := model.log_likelihood(parameters + size * step)) < reached - 1e-12 * abs(reached):
            size /= 2
            if size < 1e-10:
                raise _endless()
        parameters, reached = parameters + size * step, after
        if np.abs(step).max() < 1e-10 * (1 + np.abs(parameters).max()):
            return parameters, model.derivatives(parameters)[1], reached
    raise _endless()


def _endless() -> NotConverged:
    return NotConverged(
        "The likelihood has no finite maximum: the drivers tell the levels apart without fault",
        place=PLACE,
        hint="Leave a driver out, join levels, or wait for more answers.",
    )
