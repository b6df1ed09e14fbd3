"""Charts with a memory: CUSUM (Page 1954) and EWMA (Roberts 1959) find small drifts that last."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Cusum:
    """Both one-sided sums in standard deviations, never negative; places of alarm counted from 0."""

    upper: Floats
    lower: Floats
    limit: float
    above: tuple[int, ...]
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ewma:
    """The moving average with its limits, in the series' unit; `beyond` are places from 0."""

    smooth: Floats
    low: Floats
    high: Floats
    beyond: tuple[int, ...]


def cusum(values: npt.ArrayLike, *, centre: float, sigma: float, shift: float, limit: float) -> Cusum:
    """Tabular CUSUM: sums of what exceeds half the `shift` to be found, from 0 upwards.

    C+ = max(0, C+ + z - shift / 2) and C- = max(0, C- - z - shift / 2) with z = (value - centre) / sigma;
    `shift` and `limit` (the decision interval h) in standard deviations. An alarm is a sum above the limit.
    """
    z = _standardised(values, centre, sigma, "CUSUM")
    if shift < 0 or limit <= 0:
        raise BadNumber(f"shift {shift} with limit {limit}", place="CUSUM", hint="Usual are 1 and 5.")
    upper, lower = _one_sided(z, shift / 2), _one_sided(-z, shift / 2)
    return Cusum(
        upper=upper,
        lower=lower,
        limit=limit,
        above=tuple(int(i) for i in np.flatnonzero(upper > limit)),
        below=tuple(int(i) for i in np.flatnonzero(lower > limit)),
    )


def ewma(
    values: npt.ArrayLike,
    *,
    centre: float,
    sigma: float,
    weight: float = 0.2,
    width: float = 3.0,
    steady: bool = False,
) -> Ewma:
    """Exponentially weighted moving average, started at the centre, with limits `width` deviations wide.

    Var = sigma^2 * weight / (2 - weight) * (1 - (1 - weight)^(2 i)); `steady` takes the value for large i
    from the first point on, for which `runlength` states the average run length.
    """
    z = _standardised(values, centre, sigma, "EWMA")
    if not 0 < weight <= 1 or width <= 0:
        raise BadNumber(f"weight {weight} with width {width}", place="EWMA", hint="Usual are 0.2 and 2.86.")
    smooth = np.empty_like(z)
    level = 0.0
    for place, value in enumerate(z.tolist()):
        level = weight * value + (1 - weight) * level
        smooth[place] = level
    grown = 1.0 if steady else 1 - (1 - weight) ** (2 * np.arange(1, len(z) + 1))
    half = np.broadcast_to(width * np.sqrt(weight / (2 - weight) * grown), z.shape)
    return Ewma(
        smooth=centre + sigma * smooth,
        low=centre - sigma * half,
        high=centre + sigma * half,
        beyond=tuple(int(i) for i in np.flatnonzero(np.abs(smooth) > half)),
    )


def _one_sided(z: Floats, slack: float) -> Floats:
    sums = np.empty_like(z)
    total = 0.0
    for place, value in enumerate(z.tolist()):
        total = max(0.0, total + value - slack)
        sums[place] = total
    return sums


def _standardised(values: npt.ArrayLike, centre: float, sigma: float, place: str) -> Floats:
    series = whole_series(values, least=1, place=place)
    if not sigma > 0:
        raise BadNumber(
            f"standard deviation {sigma}", place=place, hint="Take it from waves that were under control."
        )
    result: Floats = (series - centre) / sigma
    return result
