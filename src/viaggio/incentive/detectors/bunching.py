"""Results that stop just above a curve point, and answers that turn good in the last days of a period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.incentive.detectors.judging import Seen, judged
from viaggio.incentive.detectors.model import Detector, Finding, Limits
from viaggio.incentive.detectors.permutation import chance_of, permutation_p

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Answers from 0 to 10, counted by score: earlier in the period, and in its last days."""

    earlier: Ints
    last: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The value that a cell reached on a measure, and the points of the curve that pays for it."""

    cell: str
    measure: str
    value: float
    points: tuple[float, ...]


def bunching(
    cells: Mapping[str, Ending], reached: Iterable[Reached], limits: Limits, *, seed: int
) -> tuple[Finding, ...]:
    """A finding for each cell (last days) and for each measure (just above its curve's points).

    Of a cell: mean of the last days less that of the earlier ones, permutation p. Of a measure: how many
    cells are just above a point among those near one; without bunching each side is as likely, so all ways
    to turn the sides over give the binomial distribution, exactly. The finding of a measure bears its
    name as cell.
    """
    endings = [_surge(cell, own, chance_of(seed, cell)) for cell, own in cells.items()]
    by_measure: dict[str, list[Reached]] = {}
    for one in reached:
        by_measure.setdefault(one.measure, []).append(one)
    above = [_above(measure, some, limits) for measure, some in by_measure.items()]
    last = judged(Detector.BUNCHING, endings, level=limits.bunching_p, rate=limits.false_flags)
    return last + judged(Detector.BUNCHING, above, level=limits.bunching_p, rate=limits.false_flags)


def _surge(cell: str, own: Ending, chance: np.random.Generator) -> Seen:
    if not own.last.sum() or not own.earlier.sum():
        return Seen(cell=cell, statistic=None, p=None, large=False, values={"without": "last_days"})
    gap, p = permutation_p(own.last, own.earlier, _gap, chance)
    values: dict[str, float | str] = {"by": "last_days", "n": int(own.last.sum()),
                                      "n_earlier": int(own.earlier.sum())}  # fmt: skip
    return Seen(cell=cell, statistic=gap, p=p, large=gap > 0, values=values)


def _gap(last: Ints, earlier: Ints) -> Floats:
    scale = np.arange(last.shape[1])
    result: Floats = last @ scale / last.sum(axis=1) - earlier @ scale / earlier.sum(axis=1)
    return result


def _above(measure: str, cells: list[Reached], limits: Limits) -> Seen:
    from scipy.stats import binom

    above = [one.cell for one in cells if any(0 <= one.value - x < limits.near for x in one.points)]
    below = [one.cell for one in cells if any(0 < x - one.value <= limits.near for x in one.points)]
    below = [cell for cell in below if cell not in above]
    n = len(above) + len(below)
    values: dict[str, float | str] = {"by": "curve_points", "above": len(above), "below": len(below),
                                      "cells": ",".join(sorted(above))}  # fmt: skip
    p = float(binom.sf(len(above) - 1, n, 0.5)) if n else 1.0
    return Seen(cell=measure, statistic=float(len(above) - len(below)), p=p, large=True, values=values)
