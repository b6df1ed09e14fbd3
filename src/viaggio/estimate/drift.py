"""Slow drifts that no single wave shows: EWMA or CUSUM over a figure's waves, with the rate of alarms stated.

Each wave is compared with what the waves before it foretell, in standard errors. Where nothing changes these
innovations are independent and standard normal, also with an unknown level and with customers asked in two
neighbouring waves (recursive residuals, Brown, Durbin and Evans 1975; Quesenberry's Q charts 1991). So the
average number of waves until a false alarm is the one the limits were made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isinf

import numpy as np

from viaggio.estimate.control import cusum, cusum_limit, ewma, ewma_limit
from viaggio.estimate.errors import BadNumber
from viaggio.estimate.monitor import MINIMUM, BadDifference, Verdict, WaveValue
from viaggio.estimate.series import Floats
from viaggio.kernel import Direction

RUN_LENGTH = 370.0
WEIGHT = 0.2
SLACK = 0.5


class Memory(StrEnum):
    """How the waves are added up."""

    EWMA = "ewma"
    CUSUM = "cusum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What adds up over the waves; vectors have one number per wave in `waves` (places in the series).

    `innovations` are in standard errors, `score` is the chart's value and `limit` what it must pass, in the
    same unit; a CUSUM's score is the larger of its two sums with the sign of its side. `run_length` waves
    pass on average until a false alarm of the whole screen. `verdict` is that of the last wave.
    """

    waves: tuple[int, ...]
    innovations: Floats
    score: Floats
    limit: float
    alarms: tuple[int, ...]
    run_length: float
    verdict: Verdict


def drift(
    waves: Sequence[WaveValue],
    *,
    better: Direction = Direction.UP,
    baseline: float | None = None,
    minimum: int = MINIMUM,
    memory: Memory = Memory.EWMA,
    run_length: float = RUN_LENGTH,
    figures: int = 1,
) -> Drift:
    """Watch one of `figures` figures of a screen, oldest wave first.

    With a `baseline` (a level agreed before) the waves are measured against it, else against the mean of the
    waves before. Waves below the `minimum` base or without error are left out. The limits give each figure
    `figures` * `run_length` waves without false alarm. Raises `BadDifference` for a figure without a better
    direction or covariances that the errors do not allow, `BadNumber` for a run length of one or less.
    """
    if better is Direction.NONE:
        raise BadDifference("a figure without a better direction can not improve", hint="Leave it out.")
    if figures < 1:
        raise BadNumber(f"{figures} figures on the screen", place="drift")
    used = [
        place for place, wave in enumerate(waves) if wave.value is not None and wave.se and wave.n >= minimum
    ]
    innovations = _innovations(waves, used, baseline)
    watched = tuple(used if baseline is not None else used[1:])
    score, limit = _scores(innovations, memory, run_length * figures)
    past = np.abs(score) > limit
    verdict = Verdict.NO_CLEAR_CHANGE if watched else Verdict.TOO_FEW
    if watched and past[-1]:
        rose = bool(score[-1] > 0)
        verdict = Verdict.IMPROVED if rose == (better is Direction.UP) else Verdict.WORSENED
    return Drift(
        waves=watched,
        innovations=innovations,
        score=score,
        limit=limit,
        alarms=tuple(watched[i] for i in np.flatnonzero(past)),
        run_length=run_length,
        verdict=verdict,
    )


def _innovations(waves: Sequence[WaveValue], used: list[int], baseline: float | None) -> Floats:
    """Values against what those before foretell, divided by the error of that: independent, variance 1."""
    from scipy.linalg import solve_triangular

    values = np.array([waves[place].value for place in used], dtype=np.float64)
    covariance = np.diag([float(waves[place].se or 0.0) ** 2 for place in used])
    for i in range(1, len(used)):
        if used[i] == used[i - 1] + 1:
            covariance[i, i - 1] = covariance[i - 1, i] = waves[used[i]].covariance
    contrasts = np.eye(len(used))
    if baseline is None:
        contrasts = contrasts[1:]
        contrasts[:, :1] = -1.0
    if not len(contrasts):
        return np.empty(0)
    try:
        root = np.linalg.cholesky(contrasts @ covariance @ contrasts.T)
    except np.linalg.LinAlgError as broken:
        raise BadDifference(
            "covariances of neighbouring waves are larger than their errors allow",
            hint="Give covariances and errors of the same unit and estimator.",
        ) from broken
    centred = contrasts @ (values - (baseline or 0.0))
    z = solve_triangular(root, centred, lower=True)
    freedom = [waves[place].df for place in used[len(used) - len(z) :]]
    return np.array([_as_normal(float(one), df) for one, df in zip(z, freedom, strict=True)])


def _as_normal(t: float, df: float) -> float:
    """The normal value with the tail of a t value."""
    from scipy.special import ndtri, stdtr

    if isinf(df) or t == 0:
        return t
    tail = max(float(stdtr(df, -abs(t))), 1e-300)
    return float(-ndtri(tail)) * (1 if t > 0 else -1)


def _scores(z: Floats, memory: Memory, run_length: float) -> tuple[Floats, float]:
    if memory is Memory.EWMA:
        limit = ewma_limit(WEIGHT, run_length) * float(np.sqrt(WEIGHT / (2 - WEIGHT)))
        return (ewma(z, centre=0, sigma=1, weight=WEIGHT, steady=True).smooth if len(z) else z), limit
    limit = cusum_limit(SLACK, run_length)
    if not len(z):
        return z, limit
    sums = cusum(z, centre=0, sigma=1, shift=2 * SLACK, limit=limit)
    return np.where(sums.upper >= sums.lower, sums.upper, -sums.lower), limit
