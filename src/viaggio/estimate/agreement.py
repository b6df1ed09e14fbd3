"""Do coders agree? Krippendorff's alpha, Cohen's and Fleiss' kappa, intraclass correlations.

`ratings` are (coders, units) numbers; NaN where a coder did not judge a unit.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, Constant, TooFew

Floats = npt.NDArray[np.float64]
GAPS = "Mark gaps with NaN."


class Metric(StrEnum):
    """How far two values are apart."""

    NOMINAL = "nominal"  # 1 when they differ
    ORDINAL = "ordinal"  # squared number of ratings between them
    INTERVAL = "interval"  # squared difference
    RATIO = "ratio"  # squared difference over the sum


class Weighting(StrEnum):
    """How much a disagreement of two coders counts, by the steps between categories."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Agreement beyond chance: 1 complete, 0 as by chance. `z` tests 0 (Fleiss only)."""

    value: float
    units: int
    z: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """One intraclass correlation with its F, degrees of freedom and bounds."""

    value: float
    f: float
    freedom: tuple[float, float]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraclass:
    """The six correlations of Shrout and Fleiss (1979).

    `one`: coders differ from unit to unit; `two`: a sample of coders judges all units; `three`: just these
    coders do. The `_mean` ones are of the mean over coders.
    """

    one: Correlation
    two: Correlation
    three: Correlation
    one_mean: Correlation
    two_mean: Correlation
    three_mean: Correlation
    units: int
    coders: int


def krippendorff(ratings: npt.ArrayLike, metric: Metric = Metric.NOMINAL) -> float:
    """Krippendorff's alpha by its definition: 1 - observed over expected disagreement.

    Any number of coders, missing judgements allowed; units with one judgement do not count. At most 1;
    negative when coders contradict each other. The usual bar is 0.8, and 0.667 for tentative conclusions
    (Krippendorff 2004). Raises `TooFew` without pairs, `Constant` when all judgements are the same.
    """
    table = _ratings(ratings)
    paired = table[:, np.isfinite(table).sum(axis=0) >= 2]
    if not paired.size:
        raise TooFew("No unit has two judgements", place="Krippendorff's alpha")
    values, codes = np.unique(paired[np.isfinite(paired)], return_inverse=True)
    if len(values) < 2:
        raise Constant(f"Every judgement is {values[0]:g}", place="Krippendorff's alpha")
    unit = np.nonzero(np.isfinite(paired))[1]
    counts = (
        np.bincount(unit * len(values) + codes, minlength=paired.shape[1] * len(values))
        .reshape(paired.shape[1], len(values))
        .astype(np.float64)
    )
    judged = counts.sum(axis=1)
    # pairs within each unit, every unit weighing as many values as it has
    per = counts / (judged - 1)[:, None]
    coincidence = per.T @ counts - np.diag(per.sum(axis=0))
    used = coincidence.sum(axis=1)
    apart = _distances(values, used, metric)
    expected = used @ apart @ used
    return float(1 - (used.sum() - 1) * (coincidence * apart).sum() / expected)


def cohen(first: npt.ArrayLike, second: npt.ArrayLike, weighting: Weighting = Weighting.NONE) -> Kappa:
    """Cohen's (1960, weighted 1968) kappa of two coders (units,), over the units both judged.

    Weights go by the position of a category among those used, not by its number.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise BadNumber("The coders have different numbers of units", place="Cohen's kappa", hint=GAPS)
    table = np.stack([one, other])
    both = table[:, np.isfinite(table).all(axis=0)]
    if not both.size:
        raise TooFew("The coders have no unit in common", place="Cohen's kappa")
    values, codes = np.unique(both, return_inverse=True)
    if len(values) < 2:
        raise Constant(f"Every judgement is {values[0]:g}", place="Cohen's kappa")
    codes = codes.reshape(both.shape)
    shares = np.zeros((len(values), len(values)))
    np.add.at(shares, (codes[0], codes[1]), 1 / both.shape[1])
    steps = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values)))).astype(np.float64)
    cost = {Weighting.NONE: (steps > 0).astype(np.float64), Weighting.LINEAR: steps}.get(weighting, steps**2)
    chance = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return Kappa(value=float(1 - (cost * shares).sum() / (cost * chance).sum()), units=both.shape[1])


def fleiss(ratings: npt.ArrayLike) -> Kappa:
    """Fleiss' (1971) kappa of two or more coders over the units that all judged, with z against chance."""
    complete = _complete(ratings, "Fleiss' kappa")
    coders, units = complete.shape
    values, codes = np.unique(complete, return_inverse=True)
    if len(values) < 2:
        raise Constant(f"Every judgement is {values[0]:g}", place="Fleiss' kappa")
    places = codes.reshape(complete.shape) + np.arange(units) * len(values)
    counts = np.bincount(places.ravel(), minlength=units * len(values)).reshape(units, len(values))
    agreed = ((counts**2).sum() - coders * units) / (units * coders * (coders - 1))
    share = counts.sum(axis=0) / (units * coders)
    by_chance = (share**2).sum()
    value = (agreed - by_chance) / (1 - by_chance)
    spread = (share * (1 - share)).sum()
    variance = (
        2
        / (spread**2 * units * coders * (coders - 1))
        * (spread**2 - (share * (1 - share) * (1 - 2 * share)).sum())
    )
    return Kappa(value=float(value), units=units, z=float(value / variance**0.5) if variance > 0 else None)


def intraclass(ratings: npt.ArrayLike, *, level: float = 0.95) -> Intraclass:
    """The six intraclass correlations over the units that all coders judged."""
    x = _complete(ratings, "intraclass correlation").T
    n, k = x.shape
    if n < 2:
        raise TooFew(f"{n} unit judged by all", place="intraclass correlation", hint="Two at least.")
    mean = x.mean()
    between = k * ((x.mean(axis=1) - mean) ** 2).sum() / (n - 1)
    coder = n * ((x.mean(axis=0) - mean) ** 2).sum() / (k - 1)
    within = ((x - x.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    left = (within * n * (k - 1) - coder * (k - 1)) / ((n - 1) * (k - 1))
    if left <= 1e-12 * within or within == 0:
        raise Constant(
            "Coders differ by the same amount everywhere: no error is left", place="intraclass correlation"
        )
    one = _by_f(between / within, (n - 1, n * (k - 1)), k, level)
    three = _by_f(between / left, (n - 1, (n - 1) * (k - 1)), k, level)
    two = _two_way(between, coder, left, (n, k), level)
    return Intraclass(
        one=one[0], two=two[0], three=three[0], one_mean=one[1], two_mean=two[1], three_mean=three[1],
        units=n, coders=k,
    )  # fmt: skip


def _by_f(f: float, freedom: tuple[int, int], k: int, level: float) -> tuple[Correlation, Correlation]:
    """Single and mean correlation that are functions of one F."""
    from scipy.stats import f as fisher

    tail = 1 - (1 - level) / 2
    ends = (f, f / fisher.ppf(tail, *freedom), f * fisher.ppf(tail, *reversed(freedom)))
    single = [float((end - 1) / (end + k - 1)) for end in ends]
    mean = [float(1 - 1 / end) for end in ends]
    test = partial(Correlation, f=float(f), freedom=freedom)
    return (
        test(value=single[0], low=single[1], high=single[2]),
        test(value=mean[0], low=mean[1], high=mean[2]),
    )


def _two_way(
    between: float, coder: float, left: float, size: tuple[int, int], level: float
) -> tuple[Correlation, Correlation]:
    """Coders as a sample: bounds with Satterthwaite's degrees of freedom (Shrout and Fleiss 1979)."""
    from scipy.stats import f as fisher

    n, k = size
    value = (between - left) / (between + (k - 1) * left + k * (coder - left) / n)
    mean = (between - left) / (between + (coder - left) / n)
    ratio = coder / left
    rest = n * (1 + (k - 1) * value) - k * value
    freedom = (
        (k - 1) * (n - 1) * (k * value * ratio + rest) ** 2
        / ((n - 1) * (k * value * ratio) ** 2 + rest**2)
    )  # fmt: skip
    tail = 1 - (1 - level) / 2
    up, down = fisher.ppf(tail, n - 1, freedom), fisher.ppf(tail, freedom, n - 1)
    spread = k * coder + (k * n - k - n) * left
    low = n * (between - up * left) / (up * spread + n * between)
    high = n * (down * between - left) / (spread + n * down * between)
    test = partial(Correlation, f=float(between / left), freedom=(n - 1, (n - 1) * (k - 1)))
    return (
        test(value=float(value), low=float(low), high=float(high)),
        test(
            value=float(mean),
            low=float(k * low / (1 + low * (k - 1))),
            high=float(k * high / (1 + high * (k - 1))),
        ),
    )


def _distances(values: Floats, used: Floats, metric: Metric) -> Floats:
    """Squared distances (values, values) of Krippendorff's metrics; `used` counts the pairable values."""
    if metric is Metric.NOMINAL:
        return np.asarray(1 - np.eye(len(values)))
    difference = np.subtract.outer(values, values)
    if metric is Metric.INTERVAL:
        return np.asarray(difference**2)
    if metric is Metric.RATIO:
        together = np.add.outer(values, values)
        return np.divide(difference, together, out=np.zeros_like(difference), where=together != 0) ** 2
    middle = np.cumsum(used) - used / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2)


def _ratings(ratings: npt.ArrayLike) -> Floats:
    try:
        table = np.asarray(ratings, dtype=np.float64)
    except ValueError as problem:
        raise BadNumber("The coders have different numbers of units", place="ratings", hint=GAPS) from problem
    if table.ndim != 2 or table.shape[0] < 2:
        raise TooFew(
            f"Ratings of shape {table.shape}", place="ratings", hint="Two coders at least, one a row."
        )
    return table


def _complete(ratings: npt.ArrayLike, place: str) -> Floats:
    table = _ratings(ratings)
    complete = table[:, np.isfinite(table).all(axis=0)]
    if not complete.size:
        raise TooFew("No unit was judged by all coders", place=place)
    return complete
