"""Correlations of the normal variables that may lie behind ordered answers (Olsson 1979).

Answers in few steps correlate less than what they measure; these correlations undo that, if the variables
behind are jointly normal and the steps cut them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import EmptyCategory, NotConverged, TooFew

Floats = npt.NDArray[np.float64]

PLACE = "polychoric correlation"
LARGEST = 0.9999
NODES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Polychoric:
    """A correlation with its variance, and where the answers cut the variables behind.

    `row_cuts` and `column_cuts` lie between the levels of either item,
    in standard deviations. `table` (rows, columns) counts the answers by level.
    """

    correlation: float
    variance: float
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    row_cuts: Floats
    column_cuts: Floats
    table: npt.NDArray[np.intp]

    @property
    def error(self) -> float:
        """Standard error of the correlation."""
        return float(self.variance**0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyserial:
    """`correlation` with its variance (None where the likelihood is flat) and the item's cuts."""

    correlation: float
    variance: float | None
    cuts: Floats
    n: int


def polychoric(first: npt.ArrayLike, second: npt.ArrayLike, *, joint: bool = False) -> Polychoric:
    """Polychoric correlation of two ordered items (n,).

    In two steps: cuts from each item's shares, then the likeliest correlation; its variance takes the cuts
    as known. `joint`: cuts and correlation together, by maximum likelihood. Rows with a missing answer are
    left out, levels that nobody chose do not exist. Raises `EmptyCategory` when an item has one level.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    keep = np.isfinite(a) & np.isfinite(b)
    rows, row_codes = np.unique(a[keep], return_inverse=True)
    columns, column_codes = np.unique(b[keep], return_inverse=True)
    for levels, which in ((rows, "first"), (columns, "second")):
        if len(levels) < 2:
            raise EmptyCategory(
                f"The {which} item has {len(levels)} level", place=PLACE, hint="Two at least."
            )
    table = np.zeros((len(rows), len(columns)), dtype=np.intp)
    np.add.at(table, (row_codes, column_codes), 1)
    row_cuts, column_cuts = cuts(table.sum(axis=1)), cuts(table.sum(axis=0))
    found, variance = _two_step(table, row_cuts, column_cuts)
    if joint:
        found, variance, row_cuts, column_cuts = _joint(table, found, row_cuts, column_cuts)
    return Polychoric(
        correlation=found,
        variance=variance,
        rows=tuple(float(level) for level in rows),
        columns=tuple(float(level) for level in columns),
        row_cuts=row_cuts,
        column_cuts=column_cuts,
        table=table,
    )


def polychoric_matrix(items: npt.ArrayLike) -> Floats:
    """Two-step polychoric correlations (k, k) of all pairs of columns of `items` (n, k)."""
    table = np.asarray(items, dtype=np.float64)
    found = np.eye(table.shape[1])
    for i in range(table.shape[1]):
        for j in range(i):
            found[i, j] = found[j, i] = polychoric(table[:, i], table[:, j]).correlation
    return found


def polyserial(measured: npt.ArrayLike, ordered: npt.ArrayLike) -> Polyserial:
    """Correlation of a measured variable (n,) with the one behind an ordered item (n,), in two steps.

    Cuts from the item's shares, mean and spread from the measured values, then the likeliest correlation.
    Rows with a missing number are left out. Raises `EmptyCategory` when the item has one level.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_ndtr, ndtr

    x, y = np.asarray(measured, dtype=np.float64), np.asarray(ordered, dtype=np.float64)
    keep = np.isfinite(x) & np.isfinite(y)
    x = x[keep]
    levels, codes, counts = np.unique(y[keep], return_inverse=True, return_counts=True)
    if len(levels) < 2:
        raise EmptyCategory(f"The item has {len(levels)} level", place="polyserial correlation")
    if len(x) < 3 or np.ptp(x) == 0:
        raise TooFew("The measured values do not vary", place="polyserial correlation")
    z = (x - x.mean()) / x.std(ddof=1)
    between = cuts(counts)
    edges = np.concatenate([[-np.inf], between, [np.inf]])

    def lost(correlation: float) -> float:
        spread = (1 - correlation**2) ** 0.5
        high = (edges[codes + 1] - correlation * z) / spread
        low = (edges[codes] - correlation * z) / spread
        flip = low > 0
        upper, lower = np.where(flip, -low, high), np.where(flip, -high, low)
        with np.errstate(divide="ignore"):
            return float(-(log_ndtr(upper) + np.log1p(-ndtr(lower) / ndtr(upper))).sum())

    found = minimize_scalar(lost, bounds=(-LARGEST, LARGEST), method="bounded", options={"xatol": 1e-10})
    step = 1e-4 * (1 - abs(found.x))
    curvature = (lost(found.x + step) - 2 * found.fun + lost(found.x - step)) / step**2
    return Polyserial(
        correlation=float(found.x),
        variance=float(1 / curvature) if curvature > 0 else None,
        cuts=between,
        n=len(x),
    )


def cuts(counts: npt.ArrayLike) -> Floats:
    """Normal quantiles of the cumulative shares: the cuts (levels - 1,) between `counts` (levels,)."""
    from scipy.special import ndtri

    each = np.asarray(counts, dtype=np.float64)
    return np.asarray(ndtri(np.cumsum(each)[:-1] / each.sum()))


def both_below(h: Floats, k: Floats, correlation: float) -> Floats:
    """P(X <= h, Y <= k) of standard normals, by Gauss-Legendre along the correlation.

    P = Phi(h) Phi(k) + 1 / 2 pi * integral from 0 to asin(r) of exp(-(h^2 + k^2 - 2 h k sin t) / 2 cos^2 t)
    (Drezner and Wesolowsky 1990); h and k finite, broadcast against each other.
    """
    from scipy.special import ndtr

    nodes, weights = _nodes()
    half = np.arcsin(correlation) / 2
    angle = half * (nodes + 1)
    h, k = np.broadcast_arrays(h, k)
    inside = (h * h + k * k)[..., None] - 2 * (h * k)[..., None] * np.sin(angle)
    return np.asarray(
        ndtr(h) * ndtr(k) + half / (2 * np.pi) * (np.exp(-inside / (2 * np.cos(angle) ** 2)) @ weights)
    )


@cache
def _nodes() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(NODES)


def _cells(corners: Floats) -> Floats:
    """Differences over all four corners of each cell; the outer edge is added by the caller."""
    return np.asarray(np.diff(np.diff(corners, axis=0), axis=1))


def cell_chances(correlation: float, row_cuts: Floats, column_cuts: Floats) -> Floats:
    """Chance of each cell (rows, columns)."""
    from scipy.special import ndtr

    corners = np.zeros((len(row_cuts) + 2, len(column_cuts) + 2))
    corners[1:-1, 1:-1] = both_below(row_cuts[:, None], column_cuts[None, :], correlation)
    corners[1:-1, -1], corners[-1, 1:-1], corners[-1, -1] = ndtr(row_cuts), ndtr(column_cuts), 1
    return np.maximum(_cells(corners), 1e-300)


def _density(correlation: float, row_cuts: Floats, column_cuts: Floats) -> Floats:
    """Slope of each cell's chance in the correlation: Plackett's bivariate density at the corners."""
    h, k, left = row_cuts[:, None], column_cuts[None, :], 1 - correlation**2
    corners = np.zeros((len(row_cuts) + 2, len(column_cuts) + 2))
    corners[1:-1, 1:-1] = np.exp(-(h * h + k * k - 2 * correlation * h * k) / (2 * left)) / (
        2 * np.pi * left**0.5
    )
    return _cells(corners)


def _two_step(table: npt.NDArray[np.intp], row_cuts: Floats, column_cuts: Floats) -> tuple[float, float]:
    """Likeliest correlation at given cuts, and its variance."""
    from scipy.optimize import minimize_scalar

    def lost(correlation: float) -> float:
        return -float((table * np.log(cell_chances(correlation, row_cuts, column_cuts))).sum())

    def score(correlation: float) -> float:
        chance = cell_chances(correlation, row_cuts, column_cuts)
        return float((table * _density(correlation, row_cuts, column_cuts) / chance).sum())

    found = minimize_scalar(lost, bounds=(-LARGEST, LARGEST), method="bounded", options={"xatol": 1e-10})
    step = 1e-5 * (1 - abs(found.x))
    curvature = (score(found.x - step) - score(found.x + step)) / (2 * step)
    if not curvature > 0:
        raise NotConverged(
            "The likelihood is flat in the correlation", place=PLACE, hint="More answers are needed."
        )
    return float(found.x), 1 / curvature


def _joint(
    table: npt.NDArray[np.intp], start: float, row_cuts: Floats, column_cuts: Floats
) -> tuple[float, float, Floats, Floats]:
    """Correlation and cuts of greatest likelihood, by Newton's method on the analytic score."""
    split = 1 + len(row_cuts)
    parameters = np.concatenate([[start], row_cuts, column_cuts])
    for _ in range(50):
        score, information = _score(table, parameters, split), _information(table, parameters, split)
        step = np.linalg.solve(information, score)
        size = 1.0
        while not _ordered(parameters + size * step, split) and size > 1e-6:
            size /= 2
        parameters = parameters + size * step
        if np.abs(step).max() < 1e-9:
            variance = np.linalg.inv(_information(table, parameters, split))[0, 0]
            return float(parameters[0]), float(variance), parameters[1:split], parameters[split:]
    raise NotConverged(
        "Correlation and cuts have no likeliest values", place=PLACE, hint="Join levels that few chose."
    )


def _ordered(parameters: Floats, split: int) -> bool:
    rows, columns = np.diff(parameters[1:split]), np.diff(parameters[split:])
    return bool(abs(parameters[0]) < 1 and (rows > 0).all() and (columns > 0).all())


def _score(table: npt.NDArray[np.intp], parameters: Floats, split: int) -> Floats:
    """Slope of the log likelihood in correlation, row cuts and column cuts."""
    r, row_cuts, column_cuts = float(parameters[0]), parameters[1:split], parameters[split:]
    per_chance = table / cell_chances(r, row_cuts, column_cuts)
    by_correlation = (per_chance * _density(r, row_cuts, column_cuts)).sum()
    return np.concatenate(
        [
            [by_correlation],
            _cut_score(per_chance, r, row_cuts, column_cuts),
            _cut_score(per_chance.T, r, column_cuts, row_cuts),
        ]
    )


def _cut_score(per_chance: Floats, r: float, own: Floats, other: Floats) -> Floats:
    """Slope in the cuts between rows: raising one moves its line of cells into the row below."""
    from scipy.special import ndtr

    below = np.zeros((len(own), len(other) + 2))
    below[:, 1:-1] = ndtr((other[None, :] - r * own[:, None]) / (1 - r * r) ** 0.5)
    below[:, -1] = 1
    line = np.exp(-0.5 * own**2)[:, None] / np.sqrt(2 * np.pi) * np.diff(below, axis=1)
    return np.asarray((line * (per_chance[:-1] - per_chance[1:])).sum(axis=1))


def _information(table: npt.NDArray[np.intp], parameters: Floats, split: int) -> Floats:
    """Observed information: central differences of the score, made symmetric."""
    found = np.empty((len(parameters), len(parameters)))
    for j in range(len(parameters)):
        step = np.zeros(len(parameters))
        step[j] = 1e-5
        found[j] = (_score(table, parameters - step, split) - _score(table, parameters + step, split)) / 2e-5
    return (found + found.T) / 2
