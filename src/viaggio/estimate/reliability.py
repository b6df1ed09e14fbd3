"""Do the items of a scale measure one thing? Cronbach's alpha and its kin, item by item.

`factor` fits the one-factor model behind omega. All functions take complete rows (n, k), one column per item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, Collinear, Constant, TooFew

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistic:
    """How one item goes with the others.

    Its mean, its standard deviation (divisor n - 1), its correlation with the sum of the other items, and the
    alpha of the scale without it (None when fewer than two items would be left). An item whose `rest` is
    low or negative, or without which alpha rises, does not belong or is scored the wrong way round.
    """

    item: str
    mean: float
    deviation: float
    rest: float
    alpha_without: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Internal consistency of a scale; alpha is at most 1 and may be negative.

    `low` and `high` bound alpha (Feldt, Woodruff and Salih 1987). `standardised` is alpha of the items at
    equal variance, `lambda6` Guttman's sixth bound, `average_r` the mean correlation between items.
    """

    items: tuple[ItemStatistic, ...]
    n: int
    alpha: float
    low: float
    high: float
    level: float
    standardised: float
    lambda6: float
    average_r: float


def reliability(rows: npt.ArrayLike, names: Sequence[str], *, level: float = 0.95) -> Reliability:
    """Cronbach's (1951) alpha of the scale that adds up the columns of `rows` (n, k).

    Rows with a missing answer are left out. Raises `TooFew` under two items or rows, `Constant` or
    `Collinear` naming the item.
    """
    from scipy.stats import f

    table = complete_scale(rows, names)
    n, k = table.shape
    cov, correlation = np.asarray(np.cov(table, rowvar=False)), correlations(table)
    among = float(correlation.sum())
    alpha = _alpha(cov)
    freedom = (n - 1, (n - 1) * (k - 1))
    tail = (1 - level) / 2
    return Reliability(
        items=tuple(_item(table, cov, j, name) for j, name in enumerate(names)),
        n=n,
        alpha=alpha,
        low=float(1 - (1 - alpha) * f.ppf(1 - tail, *freedom)),
        high=float(1 - (1 - alpha) * f.ppf(tail, *freedom)),
        level=level,
        standardised=k / (k - 1) * (1 - k / among),
        lambda6=1 - (k - float(_explained(correlation).sum())) / among,
        average_r=(among - k) / (k * (k - 1)),
    )


def kr20(rows: npt.ArrayLike) -> float:
    """Kuder-Richardson 20 of yes/no items (n, k), 0 or 1: alpha of such items.

    Item variances and the variance of the sum have the same divisor, n - 1.
    """
    table = np.asarray(rows, dtype=np.float64)
    if not np.isin(table, (0, 1)).all():
        raise BadNumber("Items have values other than 0 and 1", place="KR-20")
    n, k = _shape(table, "KR-20")
    whole = table.sum(axis=1).var(ddof=1)
    if whole == 0:
        raise Constant("Everybody has the same number of yes", place="KR-20")
    share = table.mean(axis=0)
    return float(k / (k - 1) * (1 - (share * (1 - share)).sum() * n / (n - 1) / whole))


def split_half(rows: npt.ArrayLike) -> float:
    """Correlation of the odd items' sum with the even items', stepped up to full length (Spearman-Brown)."""
    table = np.asarray(rows, dtype=np.float64)
    _shape(table, "split half")
    odd, even = table[:, ::2].sum(axis=1), table[:, 1::2].sum(axis=1)
    if np.ptp(odd) == 0 or np.ptp(even) == 0:
        raise Constant("One half of the items has the same sum in every row", place="split half")
    r = float(np.corrcoef(odd, even)[0, 1])
    return 2 * r / (1 + r)


def sampling_adequacy(correlation: npt.ArrayLike) -> float:
    """Kaiser-Meyer-Olkin measure from a correlation matrix (k, k): 0 to 1, over 0.6 a factor makes sense."""
    r = np.asarray(correlation, dtype=np.float64)
    precision = np.linalg.inv(r)
    scale = np.sqrt(np.diagonal(precision))
    partial = precision / np.outer(scale, scale)
    off = ~np.eye(len(r), dtype=bool)
    simple, held = (r[off] ** 2).sum(), (partial[off] ** 2).sum()
    return float(simple / (simple + held))


def sphericity(correlation: npt.ArrayLike, n: int) -> tuple[float, int, float]:
    """Bartlett's (1951) test that items are uncorrelated: chi-square, degrees of freedom, p."""
    from scipy.stats import chi2

    r = np.asarray(correlation, dtype=np.float64)
    k = len(r)
    statistic = float(-np.linalg.slogdet(r)[1] * (n - 1 - (2 * k + 5) / 6))
    freedom = k * (k - 1) // 2
    return statistic, freedom, float(chi2.sf(statistic, freedom))


def correlations(table: Floats) -> Floats:
    """Correlations (k, k) of the columns of `table` (n, k)."""
    return np.asarray(np.corrcoef(table, rowvar=False))


def complete_scale(rows: npt.ArrayLike, names: Sequence[str], place: str = "reliability") -> Floats:
    """The rows (n, k) that miss no answer, once it is sure that each item varies by itself."""
    given = np.asarray(rows, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != len(names):
        raise BadNumber(
            f"Items of shape {given.shape} for {len(names)} names", place=place, hint="One column per item."
        )
    table = given[np.isfinite(given).all(axis=1)]
    _shape(table, place)
    for j, name in enumerate(names):
        if np.ptp(table[:, j]) == 0:
            raise Constant(f"'{name}' is the same in every row", place=place, hint="Leave it out.")
    left = correlations(table)
    for j, name in enumerate(names):
        if left[j, j] < 1e-10:
            raise Collinear(
                f"'{name}' is determined by {', '.join(map(repr, names[:j]))}",
                place=place,
                hint="Leave one of them out.",
            )
        left = left - np.outer(left[:, j], left[j]) / left[j, j]
    return table


def _shape(table: Floats, place: str) -> tuple[int, int]:
    n, k = table.shape
    if k < 2 or n < 2:
        raise TooFew(f"{k} items, {n} complete rows", place=place, hint="Two of each at least.")
    return n, k


def _alpha(cov: Floats) -> float:
    k = len(cov)
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


def _item(table: Floats, cov: Floats, j: int, name: str) -> ItemStatistic:
    others = np.delete(np.arange(len(cov)), j)
    spread = cov[np.ix_(others, others)].sum()
    return ItemStatistic(
        item=name,
        mean=float(table[:, j].mean()),
        deviation=float(cov[j, j] ** 0.5),
        rest=float(cov[j, others].sum() / (cov[j, j] * spread) ** 0.5),
        alpha_without=_alpha(cov[np.ix_(others, others)]) if len(others) > 1 else None,
    )


def _explained(correlation: Floats) -> Floats:
    """Squared multiple correlation of each item with the others."""
    return np.asarray(1 - 1 / np.diagonal(np.linalg.inv(correlation)))
