"""Shewhart charts: centre, limits, and the points that lie beyond them or stay on one side for long.

Limits are the centre plus and minus `width` standard errors (three by custom); formulas after Montgomery,
Introduction to Statistical Quality Control, chapters 6 and 7, in the order of R's `qcc`.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
import numpy.typing as npt

from viaggio.estimate.control.constants import RangeConstants, c4, range_constants
from viaggio.estimate.errors import BadCounts, BadNumber, TooFew
from viaggio.estimate.series import Floats, whole_series

WIDTH = 3.0
RUN = 7


class Spread(StrEnum):
    """From what the spread inside groups is estimated."""

    RANGE = "range"
    DEVIATION = "deviation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A series with its limits; vectors have one number per point, `sigma` is that of one value.

    `beyond` are the places (from 0) outside the limits: first those above, then those below. `runs` are the
    places that end seven or more in a row on one side of the centre.
    """

    points: Floats
    centre: Floats
    low: Floats
    high: Floats
    sigma: Floats
    beyond: tuple[int, ...]
    runs: tuple[int, ...]


def mean_chart(
    groups: npt.ArrayLike,
    *,
    spread: Spread = Spread.RANGE,
    width: float = WIDTH,
    constants: RangeConstants | None = None,
) -> Chart:
    """Means of equal groups (points x size): centre +- width * sigma / sqrt(size).

    `constants` replaces the exact d2 and d3, for limits as a printed table gives them.
    Raises `TooFew` for fewer than two groups or groups of one.
    """
    table = _groups(groups, "mean chart")
    sigma = _sigma(table, spread, constants)
    return _chart(table.mean(axis=1), table.mean(), sigma, sigma / np.sqrt(table.shape[1]), width)


def range_chart(
    groups: npt.ArrayLike, *, width: float = WIDTH, constants: RangeConstants | None = None
) -> Chart:
    """Ranges of equal groups: mean range +- width * d3 * sigma, not below 0."""
    table = _groups(groups, "range chart")
    known = constants or range_constants(table.shape[1])
    sigma = _sigma(table, Spread.RANGE, known)
    ranges = np.ptp(table, axis=1)
    return _chart(ranges, ranges.mean(), sigma, known.d3 * sigma, width, least=0.0)


def spread_chart(groups: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """Standard deviations of equal groups: their mean +- width * sigma * sqrt(1 - c4^2), not below 0."""
    table = _groups(groups, "spread chart")
    sigma = _sigma(table, Spread.DEVIATION, None)
    deviations = table.std(axis=1, ddof=1)
    error = sigma * np.sqrt(1 - c4(table.shape[1]) ** 2)
    return _chart(deviations, deviations.mean(), sigma, error, width, least=0.0)


def individuals_chart(
    values: npt.ArrayLike, *, width: float = WIDTH, constants: RangeConstants | None = None
) -> Chart:
    """Single values: sigma is the mean moving range of two neighbours / d2."""
    series = whole_series(values, least=2, place="individuals chart")
    known = constants or range_constants(2)
    sigma = np.abs(np.diff(series)).mean() / known.d2
    return _chart(series, series.mean(), sigma, sigma, width)


def share_chart(hits: npt.ArrayLike, sizes: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """The p chart: shares of 0 to 1, error sqrt(p (1 - p) / size) with the pooled share, limits in 0 to 1."""
    found, asked = _counted(hits, sizes, "share chart", at_most_size=True)
    pooled = found.sum() / asked.sum()
    sigma = np.sqrt(pooled * (1 - pooled))
    return _chart(found / asked, pooled, sigma, sigma / np.sqrt(asked), width, least=0.0, most=1.0)


def overdispersed_share_chart(hits: npt.ArrayLike, sizes: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """The p' chart (Laney 2002): as the p chart, with errors stretched by how much the waves really vary.

    The stretch is the mean moving range of the standardised shares / d2. `sigma` is that of one answer
    times the stretch. For large bases, where the p chart alarms at every wave. Needs a share between 0 and 1.
    """
    found, asked = _counted(hits, sizes, "p' chart", at_most_size=True)
    if len(found) < 2:
        raise TooFew("one wave shows no variation between waves", place="p' chart", hint="Use the p chart.")
    pooled = found.sum() / asked.sum()
    sigma = np.sqrt(pooled * (1 - pooled))
    if sigma == 0:
        raise BadCounts("all answers are alike, waves can not be standardised", place="p' chart")
    errors = sigma / np.sqrt(asked)
    stretch = np.abs(np.diff((found / asked - pooled) / errors)).mean() / range_constants(2).d2
    return _chart(found / asked, pooled, sigma * stretch, errors * stretch, width, least=0.0, most=1.0)


def hits_chart(hits: npt.ArrayLike, sizes: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """The np chart: hits, centre size * p, error sqrt(size * p * (1 - p)), limits inside 0 to size."""
    found, asked = _counted(hits, sizes, "np chart", at_most_size=True)
    pooled = found.sum() / asked.sum()
    sigma = np.sqrt(asked * pooled * (1 - pooled))
    return _chart(found, asked * pooled, sigma, sigma, width, least=0.0, most=asked)


def count_chart(counts: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """The c chart: counts over equal stretches, error sqrt(mean), not below 0."""
    found, _ = _counted(counts, np.ones(np.size(counts)), "c chart")
    sigma = np.sqrt(found.mean())
    return _chart(found, found.mean(), sigma, sigma, width, least=0.0)


def rate_chart(counts: npt.ArrayLike, sizes: npt.ArrayLike, *, width: float = WIDTH) -> Chart:
    """The u chart: counts per unit (complaints per order), error sqrt(rate / size), not below 0."""
    found, asked = _counted(counts, sizes, "u chart")
    rate = found.sum() / asked.sum()
    return _chart(found / asked, rate, np.sqrt(rate), np.sqrt(rate / asked), width, least=0.0)


def _chart(
    points: Floats,
    centre: npt.ArrayLike,
    sigma: npt.ArrayLike,
    error: npt.ArrayLike,
    width: float,
    *,
    least: float = -np.inf,
    most: npt.ArrayLike = np.inf,
) -> Chart:
    if width <= 0:
        raise BadNumber(f"limits {width} standard errors wide", place="width", hint="Three is the custom.")
    middle = np.broadcast_to(np.asarray(centre, dtype=np.float64), points.shape)
    half = width * np.asarray(error)
    low = np.broadcast_to(np.clip(middle - half, least, most), points.shape)
    high = np.broadcast_to(np.clip(middle + half, least, most), points.shape)
    return Chart(
        points=points,
        centre=middle,
        low=low,
        high=high,
        sigma=np.broadcast_to(np.asarray(sigma, dtype=np.float64), points.shape),
        beyond=tuple(int(i) for side in (points > high, points < low) for i in np.flatnonzero(side)),
        runs=_runs(np.sign(points - middle)),
    )


def _runs(sides: Floats) -> tuple[int, ...]:
    """Places that are the seventh or later in a row on one side: above first, then below."""
    found: dict[float, list[int]] = {1.0: [], -1.0: []}
    place = 0
    for side, same in groupby(sides.tolist()):
        length = len(list(same))
        if side in found:
            found[side] += range(place + RUN - 1, place + length)
        place += length
    return tuple(found[1.0] + found[-1.0])


def _groups(groups: npt.ArrayLike, place: str) -> Floats:
    table = np.asarray(groups, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 2:
        raise TooFew(
            f"groups of shape {table.shape}",
            place=place,
            hint="Give two or more groups of two or more values.",
        )
    if not np.isfinite(table).all():
        raise BadNumber("a group has a missing or endless value", place=place)
    return table


def _sigma(table: Floats, spread: Spread, constants: RangeConstants | None) -> float:
    """Spread of one value, from the groups' mean range / d2 or mean standard deviation / c4."""
    size = table.shape[1]
    if spread is Spread.RANGE:
        return float(np.ptp(table, axis=1).mean() / (constants or range_constants(size)).d2)
    return float(table.std(axis=1, ddof=1).mean() / c4(size))


def _counted(
    hits: npt.ArrayLike, sizes: npt.ArrayLike, place: str, *, at_most_size: bool = False
) -> tuple[Floats, Floats]:
    found = whole_series(hits, least=1, place=place)
    asked = whole_series(sizes, least=1, place=place)
    if len(found) != len(asked):
        raise BadCounts(f"{len(found)} counts and {len(asked)} bases", place=place)
    wrong = (found < 0) | (asked <= 0) | ((found > asked) if at_most_size else False)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise BadCounts(
            f"{found[first]:g} of {asked[first]:g} at place {first}",
            place=place,
            hint="Leave out waves on base zero.",
        )
    return found, asked
