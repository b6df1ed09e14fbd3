"""An abrupt shift: the weekly mean leaves the parent's, or the answers spread otherwise over the scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import numpy.typing as npt

from viaggio.estimate.control import cusum, cusum_run_length
from viaggio.estimate.drift import drift
from viaggio.estimate.monitor import WaveValue
from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Detector, Finding, Limits
from viaggio.incentive.detectors.permutation import chance_of, permutation_p

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_LONGEST = 12.0
"""A sum beyond so many deviations has no other chance than none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Answers from 0 to 10 by week: arrays (weeks, 11) of the cell and of the rest of its parent.

    Weeks before `first` are the cell's own history.
    """

    own: Ints
    rest: Ints
    first: int


def shift(cells: Mapping[str, Weeks], limits: Limits, *, seed: int) -> tuple[Finding, ...]:
    """CUSUM of the weekly mean minus the parent's, and Jensen-Shannon distance from the cell's history.

    Flagged when the sum passes h, or when the distribution is another one than before. The statistic is the
    largest sum, in standard deviations.
    """
    return judged(
        Detector.SHIFT,
        [_seen(cell, own, limits, chance_of(seed, cell)) for cell, own in cells.items()],
        level=limits.shift_p,
        rate=limits.false_flags,
    )


def _seen(cell: str, own: Weeks, limits: Limits, chance: np.random.Generator) -> Seen:
    sums = _sums(own, limits)
    before, now = own.own[: own.first].sum(axis=0), own.own[own.first :].sum(axis=0)
    tests = {} if sums is None else {"cusum": _alarm(sums, limits)}
    values: dict[str, float | str] = {} if sums is None else {"cusum": _largest(sums), "weeks": len(sums[0])}
    distance = 0.0
    if min(before.sum(), now.sum()) >= limits.shift_answers:
        distance = jensen_shannon(now, before)
        tests["distribution"] = permutation_p(now, before, _divergence, chance)[1]
        values |= {"distance": distance, "n": int(now.sum()), "n_before": int(before.sum())}
    if sums is None:
        values["without"] = "weeks"
    if not tests:
        return Seen(cell=cell, statistic=None, p=None, large=False, values=values)
    name, p = smallest(tests)
    large = _passes(sums, limits) if name == "cusum" else distance > limits.distance
    return Seen(
        cell=cell,
        statistic=None if sums is None else _largest(sums),
        p=p,
        large=large,
        values={**values, "by": name},
    )


# --- the weekly mean minus the parent's ----------------------------------------------------------


def _sums(weeks: Weeks, limits: Limits) -> tuple[Floats, Floats] | None:
    """Both one-sided sums over the weeks of the period; None without enough history."""
    own_n, rest_n = weeks.own.sum(axis=1), weeks.rest.sum(axis=1)
    usable = np.flatnonzero((own_n >= limits.week_answers) & (rest_n >= limits.week_answers))
    history = int((usable < weeks.first).sum())
    if history < limits.history_weeks or history == len(usable):
        return None
    own_var, rest_var = _variance(weeks.own[usable]), _variance(weeks.rest[usable])
    values = [
        WaveValue(
            value=_mean(weeks.own[week]) - _mean(weeks.rest[week]),
            se=sqrt(own_var / own_n[week] + rest_var / rest_n[week]),
            n=int(own_n[week]),
        )
        for week in usable
    ]
    if not own_var + rest_var:
        return None
    z = drift(values, minimum=limits.week_answers).innovations
    # more spread between weeks than answers alone explain is the cell's nature, not a shift
    spread = max(1.0, float(np.mean(z[: history - 1] ** 2)))
    found = cusum(
        z[history - 1 :] / sqrt(spread),
        centre=0,
        sigma=1,
        shift=2 * limits.cusum_slack,
        limit=limits.cusum_limit,
    )
    return found.upper, found.lower


def _alarm(sums: tuple[Floats, Floats], limits: Limits) -> float:
    """P(the sums get so large in so many weeks): waiting times are nearly exponential with the run length."""
    most = min(_largest(sums), _LONGEST)
    if most <= limits.cusum_slack:
        return 1.0
    return 1 - exp(-len(sums[0]) / cusum_run_length(limits.cusum_slack, most))


def _largest(sums: tuple[Floats, Floats]) -> float:
    return float(max(sums[0].max(), sums[1].max()))


def _passes(sums: tuple[Floats, Floats] | None, limits: Limits) -> bool:
    return sums is not None and _largest(sums) > limits.cusum_limit


def _mean(counts: Ints) -> float:
    return float(counts @ np.arange(len(counts)) / counts.sum())


def _variance(weeks: Ints) -> float:
    """Variance of an answer within its week, pooled over the weeks."""
    scale = np.arange(weeks.shape[1])
    n = weeks.sum(axis=1)
    means = weeks @ scale / n
    squares = (weeks * (scale[None, :] - means[:, None]) ** 2).sum()
    return float(squares) / max(int(n.sum()) - len(n), 1)


# --- the distribution ----------------------------------------------------------------------------


def jensen_shannon(first: Ints, second: Ints) -> float:
    """Distance of two distributions, 0 to 1: root of the divergence with base 2 (Endres, Schindelin 2003)."""
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2
    divergence = (_entropy(middle[None, :]) - (_entropy(p[None, :]) + _entropy(q[None, :])) / 2)[0]
    return float(sqrt(max(divergence, 0.0) / np.log(2)))


def _divergence(first: Ints, second: Ints) -> Floats:
    """Jensen-Shannon divergence weighted by the bases (nats): the likelihood-ratio statistic over 2 n."""
    n, m = first.sum(axis=1, keepdims=True), second.sum(axis=1, keepdims=True)
    share = n / (n + m)
    p, q = first / n, second / m
    mixed = share * p + (1 - share) * q
    result: Floats = _entropy(mixed) - share[:, 0] * _entropy(p) - (1 - share[:, 0]) * _entropy(q)
    return result


def _entropy(shares: Floats) -> Floats:
    safe = np.where(shares > 0, shares, 1.0)
    result: Floats = -(safe * np.log(safe)).sum(axis=1)
    return result
