"""Did it change, and is it real? A verdict per figure, with the false-alarm rate held over the whole screen.

All figures that are tested at one wave form one family: their two-sided t tests are adjusted together
(Benjamini and Hochberg 1995, or Holm 1979). Where nothing has changed, the chance that the screen says
"improved" or "worsened" anywhere is then at most the rate. Figures on too small a base are not tested and
not counted, and the base is looked at before the values are, so this selects nothing.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, isfinite, isinf, sqrt

from viaggio.estimate.multiplicity import BadProbability, Multiplicity, adjusted
from viaggio.kernel import Direction, ViaggioError

RATE = 0.05
MINIMUM = 30


class BadDifference(ViaggioError):
    """A difference that can not be judged: no direction, a negative error, a number that is not finite."""

    code = "estimate.difference"


class Verdict(StrEnum):
    """What may be said of a figure since the wave before."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    NO_CLEAR_CHANGE = "no_clear_change"
    TOO_FEW = "too_few"


class Why(StrEnum):
    """What the verdict rests on."""

    TESTED = "tested"
    BASE = "base"  # a wave has fewer answers than the minimum
    NO_ERROR = "no_error"  # the standard error is not known, or no spread was seen to estimate it from


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveValue:
    """One figure at one wave: value, its standard error (same unit), degrees of freedom, base.

    `covariance` is that with the wave before, in squared units: 0 when nobody was asked twice.
    """

    value: float | None
    se: float | None
    n: int
    df: float = inf
    covariance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """This wave minus the wave before, in the figure's unit, with its standard error and base.

    `value` or `se` None: not known. `minimum` is the smallest base that may be judged, of each wave.
    """

    value: float | None
    se: float | None
    df: float = inf
    n_now: int
    n_before: int
    minimum: int = MINIMUM
    better: Direction = Direction.UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One figure over the waves, oldest first; `minimum` and `better` as in `Difference`."""

    waves: tuple[WaveValue, ...]
    minimum: int = MINIMUM
    better: Direction = Direction.UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with its test: `statistic` is value / se, `p` two-sided, `adjusted` over the screen."""

    difference: Difference
    verdict: Verdict
    why: Why
    statistic: float | None = None
    p: float | None = None
    adjusted: float | None = None


def difference(
    now: WaveValue, before: WaveValue, *, minimum: int = MINIMUM, better: Direction = Direction.UP
) -> Difference:
    """`now` minus `before` with Var = v1 + v0 - 2 * covariance (`now.covariance`).

    Degrees of freedom after Welch (1947) and Satterthwaite (1946), never below those of the poorer wave.
    Raises `BadDifference` when the covariance is larger than the two variances allow.
    """
    value = None if now.value is None or before.value is None else now.value - before.value
    if now.se is None or before.se is None or min(now.df, before.df) <= 0:
        return Difference(
            value=value, se=None, n_now=now.n, n_before=before.n, minimum=minimum, better=better
        )
    if abs(now.covariance) > now.se * before.se * (1 + 1e-9):
        raise BadDifference(
            f"covariance {now.covariance} is larger than standard errors {now.se} and {before.se} allow",
            hint="Give covariance and errors of the same unit and estimator.",
        )
    variance = max(now.se**2 + before.se**2 - 2 * now.covariance, 0.0)
    parts = now.se**4 / now.df + before.se**4 / before.df
    welch = variance**2 / parts if parts > 0 else inf
    return Difference(
        value=value,
        se=sqrt(variance),
        df=max(welch, min(now.df, before.df)),
        n_now=now.n,
        n_before=before.n,
        minimum=minimum,
        better=better,
    )


def judge_waves[Figure: Hashable](
    tracks: Mapping[Figure, Track], *, rate: float = RATE, method: Multiplicity | str = Multiplicity.BH
) -> list[dict[Figure, Judged]]:
    """For every wave from the second on, each figure's verdict since the wave before; one wave is one screen.

    All tracks must have the same number of waves: a wave without a figure has value None and n 0. Raises
    `BadDifference` otherwise, and as `verdicts` does.
    """
    lengths = {len(track.waves) for track in tracks.values()}
    if len(lengths) > 1:
        raise BadDifference(
            f"figures with {min(lengths)} and with {max(lengths)} waves",
            hint="Give a wave without the figure value None and n 0.",
        )
    screens = []
    for wave in range(1, max(lengths, default=0)):
        changes = [
            difference(track.waves[wave], track.waves[wave - 1], minimum=track.minimum, better=track.better)
            for track in tracks.values()
        ]
        screens.append(dict(zip(tracks, verdicts(changes, rate=rate, method=method), strict=True)))
    return screens


def verdicts(
    differences: Sequence[Difference], *, rate: float = RATE, method: Multiplicity | str = Multiplicity.BH
) -> list[Judged]:
    """One verdict per difference, in the order given; they are one screen and share the false-alarm rate.

    Raises `BadDifference` for a figure that has no better direction or no usable error, and
    `BadProbability` for a rate outside 0 to 1 or a method that is not known.
    """
    if not 0 < rate < 1:
        raise BadProbability(f"false-alarm rate {rate} is not between 0 and 1", hint="Usual is 0.05.")
    tested = [_tested(one, place) for place, one in enumerate(differences)]
    over_all = adjusted([one.p for one in tested], method)
    return [
        replace(one, adjusted=value, verdict=_verdict(one, value, rate))
        for one, value in zip(tested, over_all, strict=True)
    ]


def _tested(one: Difference, place: int) -> Judged:
    """The test of one figure by itself, where it can be tested."""
    _check(one, place)
    if one.n_now < max(one.minimum, 1) or one.n_before < max(one.minimum, 1):
        return Judged(difference=one, verdict=Verdict.TOO_FEW, why=Why.BASE)
    if one.value is None or one.se is None or one.df <= 0 or (one.se == 0 and one.value != 0):
        return Judged(difference=one, verdict=Verdict.TOO_FEW, why=Why.NO_ERROR)
    statistic = one.value / one.se if one.se else 0.0
    return Judged(
        difference=one,
        verdict=Verdict.NO_CLEAR_CHANGE,
        why=Why.TESTED,
        statistic=statistic,
        p=two_sided(statistic, one.df),
    )


def _check(one: Difference, place: int) -> None:
    where = f"figure {place}"
    if one.better is Direction.NONE:
        raise BadDifference(
            "a figure without a better direction can not improve", place=where, hint="Leave it out."
        )
    numbers = [number for number in (one.value, one.se) if number is not None]
    if not all(isfinite(number) for number in numbers) or (one.se is not None and one.se < 0):
        raise BadDifference(
            f"value {one.value} with standard error {one.se} can not be tested",
            place=where,
            hint="Give None where it is not known.",
        )


def _verdict(one: Judged, over_all: float | None, rate: float) -> Verdict:
    if over_all is None or one.statistic is None or over_all > rate:
        return one.verdict
    rose = one.statistic > 0
    return Verdict.IMPROVED if rose == (one.difference.better is Direction.UP) else Verdict.WORSENED


def two_sided(statistic: float, df: float = inf) -> float:
    """Two-sided p-value of a t statistic; with `df` infinite that of the normal distribution."""
    from scipy.special import ndtr, stdtr

    tail = ndtr(-abs(statistic)) if isinf(df) else stdtr(df, -abs(statistic))
    return float(min(1.0, 2 * tail))
