"""Figures of units whose sampling variances are known (NPS with its design variance), drawn to the whole.

Fay and Herriot (1979), which is also random-effects meta-analysis: figure = drivers * effects + unit + error,
errors with the variances given, units with variance `between`: by REML, ML, DerSimonian and Laird, or Paule
and Mandel. In the form of Viechtbauer's `metafor`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadSample, Collinear, NotConverged, TooFew
from viaggio.estimate.series import Floats, whole_series

PLACE = "known variances"


class Heterogeneity(StrEnum):
    """How the variance between units is estimated."""

    REML = "reml"
    ML = "ml"
    DL = "dl"
    PM = "pm"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVariances:
    """Effects (constant first) with errors, per unit the shrunken figure with its error.

    `own_weight` is what a unit's own figure counts, between / (between + variance): its reliability.
    `share_real` (0 to 1, metafor's I2 / 100) is the share of the variation that is between units; `q` with
    `q_p` tests that units differ no more than their errors let them.
    """

    between: float
    effects: Floats
    errors: Floats
    shrunk: Floats
    shrunk_errors: Floats
    own_weight: Floats
    share_real: float
    q: float
    q_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """One figure for all units, weighted by precision; bounds at `level` of the normal distribution."""

    value: float
    se: float
    low: float
    high: float
    level: float


def known_variances(
    values: npt.ArrayLike,
    variances: npt.ArrayLike,
    drivers: npt.ArrayLike | None = None,
    *,
    by: Heterogeneity = Heterogeneity.REML,
) -> KnownVariances:
    """Shrink `values` (k,) with sampling `variances` (k,) towards `drivers` (k, p) or the common mean.

    Raises `BadSample` for variances that are not above 0, `TooFew` for fewer units than effects + 2,
    `Collinear`, `NotConverged`.
    """
    from scipy.special import chdtrc

    y, v, x = _units(values, variances, drivers)
    free = len(y) - x.shape[1]
    between = _between(y, v, x, by)
    fit, exact = _weighted(y, 1 / (v + between), x), _weighted(y, 1 / v, x)
    own = between / (between + v)
    fitted_variance = np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    typical = free / exact.trace
    return KnownVariances(
        between=between,
        effects=fit.effects,
        errors=np.sqrt(np.diag(fit.covariance)),
        shrunk=own * y + (1 - own) * (x @ fit.effects),
        shrunk_errors=np.sqrt(own * v + (1 - own) ** 2 * fitted_variance),
        own_weight=own,
        share_real=between / (between + typical),
        q=exact.q,
        q_p=float(chdtrc(free, exact.q)),
    )


def pooled(values: npt.ArrayLike, variances: npt.ArrayLike, *, level: float = 0.95) -> Pooled:
    """The precision-weighted mean, as if units differed by their errors only."""
    from scipy.special import ndtri

    y, v, _ = _units(values, variances, None)
    se = sqrt(1 / float((1 / v).sum()))
    value = float((y / v).sum()) * se**2
    half = float(ndtri((1 + level) / 2)) * se
    return Pooled(value=value, se=se, low=value - half, high=value + half, level=level)


@dataclass(frozen=True, slots=True)
class _Weighted:
    """The weighted fit. With P = W - W X (X'WX)^-1 X'W: `residuals` are P y, `q` y'Py, `trace` that of P."""

    effects: Floats
    covariance: Floats
    residuals: Floats
    q: float
    trace: float


def _weighted(y: Floats, weights: Floats, x: Floats) -> _Weighted:
    by_weight = x * weights[:, None]
    covariance = np.linalg.inv(x.T @ by_weight)
    effects = covariance @ (by_weight.T @ y)
    away = y - x @ effects
    return _Weighted(
        effects=effects,
        covariance=covariance,
        residuals=weights * away,
        q=float((weights * away) @ away),
        trace=float(weights.sum() - np.trace(covariance @ (by_weight.T @ by_weight))),
    )


def _between(y: Floats, v: Floats, x: Floats, by: Heterogeneity) -> float:
    free = len(y) - x.shape[1]
    if by is Heterogeneity.DL:
        exact = _weighted(y, 1 / v, x)
        return float(max((exact.q - free) / exact.trace, 0.0))

    def slope(between: float) -> float:
        weights = 1 / (v + between)
        fit = _weighted(y, weights, x)
        if by is Heterogeneity.PM:
            return float(fit.q - free)
        expected = fit.trace if by is Heterogeneity.REML else weights.sum()
        return float(fit.residuals @ fit.residuals - expected)

    return _falling_zero(slope, float(v.max()) + float(np.var(y)))


def _falling_zero(slope: Callable[[float], float], scale: float) -> float:
    """The zero of a slope that falls from the left; 0 when it starts below zero."""
    from scipy.optimize import brentq

    if slope(0.0) <= 0:
        return 0.0
    high = scale
    while slope(high) > 0:
        high *= 4
        if high > 1e12 * scale:
            raise NotConverged("the variance between units has no bound", place=PLACE)
    return float(brentq(slope, 0.0, high, xtol=1e-14 * scale, rtol=1e-14))


def _units(
    values: npt.ArrayLike, variances: npt.ArrayLike, drivers: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    y = whole_series(values, least=2, place=PLACE)
    v = whole_series(variances, least=2, place=PLACE)
    if len(y) != len(v) or (v <= 0).any():
        raise BadSample(
            f"{len(y)} figures with {len(v)} variances, or a variance that is not above 0",
            place=PLACE,
            hint="Leave out units without spread, or give them the pooled variance.",
        )
    columns = [np.ones(len(y))]
    if drivers is not None:
        columns += list(np.asarray(drivers, dtype=np.float64).reshape(len(y), -1).T)
    x = np.column_stack(columns)
    if len(y) < x.shape[1] + 1:
        raise TooFew(f"{len(y)} units for {x.shape[1]} effects", place=PLACE)
    if not np.isfinite(x).all() or np.linalg.matrix_rank(x) < x.shape[1]:
        raise Collinear("a driver is constant or given by the others", place=PLACE, hint="Leave it out.")
    return y, v, x
