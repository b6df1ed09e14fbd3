"""Weights of pillars for an outcome, with an interval each: what the Pillar score is put together by.

A weight is the pillar's share of the explained variance (LMG, normalised). All a replicate of the bootstrap
needs is a sum of one small matrix per customer, so that thousands of customers cost milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.subsets import Floats, check_matrix, shapley, subset_r2
from viaggio.estimate.errors import BadNumber, Collinear, Constant
from viaggio.kernel import Estimate, Flag

REPLICATES = 1000
BASE = 30
BASE_PER_PILLAR = 10
NOISE = 0.05
BLOCK = 50
"""Replicates drawn at once: bounds the memory to 50 numbers per customer."""

Whole = npt.NDArray[np.intp]


class Reason(StrEnum):
    """Why the weights are equal ones instead of estimated ones."""

    SMALL_BASE = "small_base"  # fewer customers than BASE + BASE_PER_PILLAR * pillars
    CONSTANT = "constant"  # a pillar or the outcome has the same answer everywhere
    COLLINEAR = "collinear"  # a pillar is determined by the others
    NO_ASSOCIATION = "no_association"  # so high an R2 comes from noise in over 5 % of cases (F test)


@dataclass(frozen=True, slots=True, kw_only=True)
class PillarWeights:
    """Weights that add up to 1, in the order of `pillars`.

    With a `fallback` the weights are equal, have no interval and carry `Flag.BELOW_MINIMUM`; `detail` then
    names the column at fault, if there is one. `base` is the effective number of customers, `(sum w)^2 /
    sum w^2` of their weights, and `needed` the least of it.
    """

    pillars: tuple[str, ...]
    weights: tuple[Estimate, ...]
    r2: Estimate
    n: int
    customers: int
    base: float
    needed: int
    fallback: Reason | None = None
    detail: str = ""


def needed_base(pillars: int) -> int:
    """Effective customers below which weights are not estimated: 30, and 10 more for each pillar."""
    return BASE + BASE_PER_PILLAR * pillars


def pillar_weights(
    outcome: npt.ArrayLike,
    pillars: npt.ArrayLike,
    names: Sequence[str],
    customers: npt.ArrayLike,
    *,
    chance: np.random.Generator,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    replicates: int = REPLICATES,
) -> PillarWeights:
    """Weights of the `pillars` (n, p) for the `outcome` (n,), with bootstrap intervals by customer.

    `customers` (n,) holds any code or id; one customer's rows, waves included, are drawn together.
    `weights` (n,) are survey weights. Rows with a missing number (NaN) or weight 0 are left out. The
    intervals are percentile intervals over `replicates` samples of customers drawn with replacement from
    `chance`; the same generator state gives the same interval.
    Raises `BadNumber` for shapes that do not fit, never for data that are merely too few: see `Reason`.
    """
    table, weight, codes = _complete(outcome, pillars, names, customers, weights)
    many = int(codes.max()) + 1 if len(codes) else 0
    per_customer = np.bincount(codes, weight, many)
    base = float(per_customer.sum() ** 2 / (per_customer**2).sum()) if many else 0.0
    needed = needed_base(len(names))
    finish = partial(
        PillarWeights, pillars=tuple(names), n=len(codes), customers=many, base=base, needed=needed
    )

    def equal(reason: Reason, detail: str = "") -> PillarWeights:
        flags = frozenset({Flag.BELOW_MINIMUM})
        even = Estimate(value=1 / len(names), n=len(codes), level=level, flags=flags)
        unknown = Estimate(value=None, n=len(codes), level=level, flags=flags)
        return finish(weights=(even,) * len(names), r2=unknown, fallback=reason, detail=detail)

    if base < needed:
        return equal(Reason.SMALL_BASE)
    moments = _moments(table - np.average(table, axis=0, weights=weight), weight, codes, many)
    whole = _covariances(moments.sum(axis=0)[None], table.shape[1])
    try:
        check_matrix(whole[0], ("outcome", *names), "pillar weights")
    except Constant as problem:
        return equal(Reason.CONSTANT, problem.what)
    except Collinear as problem:
        return equal(Reason.COLLINEAR, problem.what)
    shares, r2 = _split(whole)
    if _chance_of(float(r2[0]), len(names), base) > NOISE:
        return equal(Reason.NO_ASSOCIATION)
    drawn, drawn_r2 = _split(_covariances(_resampled(moments, chance, replicates), table.shape[1]))
    return finish(
        weights=tuple(
            _with_interval(float(shares[j, 0]), drawn[j], len(codes), level) for j in range(len(names))
        ),
        r2=_with_interval(float(r2[0]), drawn_r2, len(codes), level),
    )


def _complete(
    outcome: npt.ArrayLike,
    pillars: npt.ArrayLike,
    names: Sequence[str],
    customers: npt.ArrayLike,
    weights: npt.ArrayLike | None,
) -> tuple[Floats, Floats, Whole]:
    """Outcome and pillars in one table, weights and customer codes, of the rows that have all of them."""
    y, x = np.asarray(outcome, dtype=np.float64), np.asarray(pillars, dtype=np.float64)
    who = np.asarray(customers)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    if x.shape != (len(y), len(names)) or who.shape != y.shape or w.shape != y.shape:
        raise BadNumber(
            f"Shapes do not fit: outcome {y.shape}, pillars {x.shape}, names ({len(names)},), "
            f"customers {who.shape}, weights {w.shape}",
            place="pillar weights",
            hint="One row per answer, one column per pillar.",
        )
    if (w < 0).any():
        raise BadNumber("A weight is below 0", place="pillar weights")
    table = np.column_stack([y, x])
    keep = np.isfinite(table).all(axis=1) & np.isfinite(w) & (w > 0)
    codes = np.unique(who[keep], return_inverse=True)[1]
    return table[keep], w[keep], codes


def _moments(table: Floats, weight: Floats, codes: Whole, many: int) -> Floats:
    """Per customer the sums of w * (1, z)(1, z)': (customers, q (q + 1) / 2), upper triangle by rows."""
    with_one = np.column_stack([np.ones(len(table)), table])
    rows, columns = np.triu_indices(with_one.shape[1])
    products = [
        np.bincount(codes, weight * with_one[:, i] * with_one[:, j], many)
        for i, j in zip(rows, columns, strict=True)
    ]
    return np.column_stack(products)


def _resampled(moments: Floats, chance: np.random.Generator, replicates: int) -> Floats:
    """Summed moments of `replicates` samples of customers, drawn with replacement."""
    many = len(moments)
    sums = []
    for start in range(0, replicates, BLOCK):
        size = min(BLOCK, replicates - start)
        drawn = chance.integers(0, many, (size, many)) + np.arange(size)[:, None] * many
        times = np.bincount(drawn.ravel(), minlength=size * many).reshape(size, many)
        sums.append(times.astype(np.float64) @ moments)
    return np.concatenate(sums)


def _covariances(summed: Floats, k: int) -> Floats:
    """Weighted covariance matrices (batch, k, k) from summed moments; the divisor cancels in shares."""
    rows, columns = np.triu_indices(k + 1)
    full = np.empty((len(summed), k + 1, k + 1))
    full[:, rows, columns] = summed
    full[:, columns, rows] = summed
    full /= full[:, :1, :1].copy()
    mean = full[:, 0, 1:]
    return np.asarray(full[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :])


def _split(covariances: Floats) -> tuple[Floats, Floats]:
    """Normalised LMG shares (p, batch) and R2 (batch,)."""
    r2 = subset_r2(covariances)
    parts = shapley(r2)
    return parts / parts.sum(axis=0), r2[-1] + r2[0]


def _chance_of(r2: float, pillars: int, base: float) -> float:
    """Chance of so high an R2 when no pillar goes with the outcome (F test on the effective base)."""
    from scipy.special import fdtrc

    freedom = base - pillars - 1
    return float(fdtrc(pillars, freedom, r2 / pillars / ((1 - r2) / freedom))) if r2 < 1 else 0.0


def _with_interval(value: float, drawn: Floats, n: int, level: float) -> Estimate:
    """The value with its percentile interval; without one when a twentieth of the samples had no split."""
    usable = drawn[np.isfinite(drawn)]
    if len(usable) < 0.95 * len(drawn) or len(usable) < 2:
        return Estimate(value=value, n=n, level=level)
    low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    spread = float(usable.std(ddof=1))
    return Estimate(value=value, n=n, low=float(low), high=float(high), level=level, se=spread)
