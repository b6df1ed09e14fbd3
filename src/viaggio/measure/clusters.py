"""From the sums of one cell over sampled units to a value with its design-based interval.

The value is a ratio of totals, R = Y / W; with one unit's residual z = Y_u - R W_u its variance is
k sum z^2 / W^2 (linearisation, as R's `survey`). `k` makes it unbiased where answers are alike within and
between units: it is n / (n - 1) for n units of one answer each, and larger where few units hold much of the
weight (the aim of CR2, Bell and McCaffrey 2002). So are the degrees of freedom: Q^2 / sum q^2 - 1 with q a
unit's sum of squared weights, which is n - 1 for n such units and never more.

Where answers are weighted and every one of the cell was drawn in a known stratum, two strata or more in
all, the variance is that of the stratified clustered design: what the means of the strata explain is taken
out, with n / (n - 1) of the n units of each (see `viaggio.pulse.kernels.strata`); a stratum with one unit
is not centred, which is the cautious rule ("adjust"). Degrees of freedom are as above with the number of
strata in the place of 1. Where a stratum of any answer is not known, all are taken as one. Weights count as
given: calibration is not linearised, so its gain is not claimed. Unweighted, strata have the shares that
chance and willingness to answer gave them, which is part of the error: there they are not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist
from typing import Any

from viaggio.estimate import LEVEL, no_data, nps_score_interval, wilson
from viaggio.kernel import Estimate, Flag

Estimator = Callable[[Sequence[Mapping[str, Any]]], Estimate]
Bounds = tuple[float | None, float | None]

SMALL_SAMPLE = 30
"""Below so many answers a score interval replaces the t interval of NPS."""

_NOTHING = 1e-12
"""Sums of squares below this share of what they were added from are rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """R and what its interval needs; `variance` is None where no spread between units was seen.

    `spread` is the variance of one answer, `n_eff` so many independent ones have that variance of R, and
    `plain` whether each unit gave one answer and all weigh the same.
    """

    value: float
    variance: float | None
    df: float
    spread: float
    n_eff: float
    plain: bool
    stratified: bool = False


def ratio_of(part: Mapping[str, Any]) -> Ratio | None:
    """The ratio of a cell's totals; None where nothing has weight."""
    w, y, units = part["w"], part["y"], part["units"]
    if not w > 0:
        return None
    value = y / w
    spread = max(part["yy1"] / w - value * value, 0.0)
    q, total = part["q"], _residuals(part, value)
    plain = units == part["n"] and abs(part["qq"] * units - q * q) <= _NOTHING * q * q
    unbiased = q - 2 * part["wq"] / w + q * part["ww"] / (w * w)
    seen = total > _NOTHING * (part["yy"] + value * value * part["ww"])
    if is_stratified(part) and seen:
        stratified = _stratified(part, value, spread)
        if stratified is not None:
            return stratified
    if units < 2 or not seen or unbiased <= _NOTHING * q:
        held = w * w / part["ww"]
        return Ratio(value=value, variance=None, df=0.0, spread=spread, n_eff=held, plain=plain)
    variance = total * q / unbiased / (w * w)
    df = max(q * q / part["qq"] - 1, 1.0)
    n_eff = float(units) if plain else spread / variance + 1
    return Ratio(value=value, variance=variance, df=df, spread=spread, n_eff=n_eff, plain=plain)


def is_stratified(part: Mapping[str, Any]) -> bool:
    """Whether every answer of a cell was drawn in a known stratum, and in two or more."""
    return part.get("strata", 0) > 1 and not part["undrawn"]


def _stratified(part: Mapping[str, Any], value: float, spread: float) -> Ratio | None:
    """The ratio with the variance of the stratified design; None where strata explain all that was seen."""
    w, scale = part["w"], part["yy"] + value * value * part["ww"]
    total = part["syy"] - 2 * value * part["swy"] + value * value * part["sww"]
    if total <= _NOTHING * scale:
        return None
    variance = total / (w * w)
    df = max(part["q"] ** 2 / part["qq"] - part["strata"], 1.0)
    return Ratio(
        value=value, variance=variance, df=df, spread=spread, n_eff=spread / variance + 1, plain=False,
        stratified=True,
    )  # fmt: skip


def _residuals(part: Mapping[str, Any], value: float) -> float:
    """Sum over units of (Y_u - R W_u)^2."""
    return float(part["yy"] - 2 * value * part["wy"] + value * value * part["ww"])


def covariance(now: Mapping[str, Any], before: Mapping[str, Any]) -> float:
    """Covariance of the ratios of two cells, by the units that are in both; `now` holds their products."""
    one, other = ratio_of(now), ratio_of(before)
    if one is None or other is None or one.variance is None or other.variance is None:
        return 0.0
    prefix = "sc" if one.stratified and other.stratified else "c"
    a, b = one.value, other.value
    yy, yw, wy, ww = (now[prefix + name] for name in ("yy", "yw", "wy", "ww"))
    shared = (yy - b * yw - a * wy + a * b * ww) / (now["w"] * before["w"])
    if prefix == "c":
        # The factor that made each variance unbiased, so that a figure and itself have its variance.
        factors = (
            one.variance * now["w"] ** 2 / _residuals(now, a),
            other.variance * before["w"] ** 2 / _residuals(before, b),
        )
        shared *= sqrt(factors[0] * factors[1])
    most = sqrt(one.variance * other.variance)
    return float(min(max(shared, -most), most))


def nps(parts: Sequence[Mapping[str, Any]]) -> Estimate:
    """NPS in points; answers on any scale but 0 to 10 leave it without a value."""
    return _estimated(parts, _nps_bounds, scale=100.0, wanted=(0.0, 10.0))


def top(parts: Sequence[Mapping[str, Any]]) -> Estimate:
    """Share of the two best answers of one scale, with Wilson's interval at the effective base."""
    return _estimated(parts, lambda found, n: _share_bounds(found, n, 0.0, 1.0))


def mean(parts: Sequence[Mapping[str, Any]]) -> Estimate:
    """Mean of answers that are all on one scale."""
    part = parts[0] if parts else {}
    low, high = part.get("scale_min", 0.0), part.get("scale_max", 0.0)
    return _estimated(parts, lambda found, n: _mean_bounds(found, n, low, high))


def hundred(parts: Sequence[Mapping[str, Any]]) -> Estimate:
    """Mean of scores that are already between 0 and 100."""
    return _estimated(parts, lambda found, n: _mean_bounds(found, n, 0.0, 100.0), mixes=False)


def _estimated(
    parts: Sequence[Mapping[str, Any]],
    bounds: Callable[[Ratio, int], Bounds],
    *,
    scale: float = 1.0,
    wanted: tuple[float, float] | None = None,
    mixes: bool = True,
) -> Estimate:
    """The estimate of one cell: the only part there is."""
    if not parts:
        return no_data()
    part = parts[0]
    n, flags = int(part["n"]), _flags(part)
    if n and mixes and _is_mixed(part, wanted):
        return Estimate(value=None, n=n, flags=frozenset({Flag.MIXED_SCALE}))
    found = ratio_of(part) if n else None
    if found is None:
        return replace(no_data(), flags=no_data().flags | flags)
    low, high = bounds(found, n)
    se = None if found.variance is None else scale * sqrt(found.variance)
    return Estimate(
        value=scale * found.value, n=n, flags=flags, se=se, n_eff=found.n_eff,
        df=None if se is None else found.df,
        low=None if low is None else scale * low, high=None if high is None else scale * high,
    )  # fmt: skip


def _flags(part: Mapping[str, Any]) -> frozenset[Flag]:
    flags = {Flag.OUT_OF_SCALE: part["outside"], Flag.NOT_WEIGHTED: part["left_out"]}
    return frozenset(flag for flag, many in flags.items() if many)


def _is_mixed(part: Mapping[str, Any], wanted: tuple[float, float] | None) -> bool:
    if "scale_min" not in part:
        return True
    return wanted is not None and (part["scale_min"], part["scale_max"]) != wanted


def _nps_bounds(found: Ratio, n: int) -> Bounds:
    if n >= SMALL_SAMPLE and found.variance is not None:
        return _t_bounds(found)
    size, level = _effective(found, n)
    promoters, detractors = _nps_shares(found)
    low, high = nps_score_interval(
        promoters * size, (1 - promoters - detractors) * size, detractors * size, level
    )
    return low / 100, high / 100


def _nps_shares(found: Ratio) -> tuple[float, float]:
    answered = found.spread + found.value * found.value  # share of promoters and detractors together
    promoters, detractors = (answered + found.value) / 2, (answered - found.value) / 2
    return _clean(promoters), _clean(detractors)


def _clean(share: float) -> float:
    """Rounding near 0 and 1 taken away: there a bound is exactly the end of the scale."""
    if share < _NOTHING:
        return 0.0
    return 1.0 if share > 1 - _NOTHING else share


def _mean_bounds(found: Ratio, n: int, low: float, high: float) -> Bounds:
    """The t interval; where no spread was seen the widest that the scale allows."""
    if found.variance is not None:
        return _t_bounds(found)
    if not low < high or not low <= found.value <= high:
        return None, None
    return _share_bounds(replace(found, value=(found.value - low) / (high - low)), n, low, high)


def _share_bounds(found: Ratio, n: int, low: float, high: float) -> Bounds:
    size, level = _effective(found, n)
    share = _clean(found.value)
    ends = wilson(share * size, size, level)
    return low + (high - low) * ends[0], low + (high - low) * ends[1]


def _t_bounds(found: Ratio) -> Bounds:
    half = _student(found.df) * sqrt(found.variance or 0.0)
    return found.value - half, found.value + half


def _effective(found: Ratio, n: int) -> tuple[float, float]:
    """Effective base of a score interval, and its level.

    Where the base itself is an estimate, from units of several answers or of different weights, the normal
    quantile is too small and that of t too large, because a share far from 1/2 has both a small spread and
    a small variance; t with three times the degrees of freedom covers (see the simulation in `benchmarks/`).
    """
    size = max(found.n_eff if found.stratified else min(found.n_eff, float(n)), 1.0)
    if found.plain or found.variance is None:
        return size, LEVEL
    return size, 2 * NormalDist().cdf(_student(3 * found.df)) - 1


def _student(df: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + LEVEL) / 2))
