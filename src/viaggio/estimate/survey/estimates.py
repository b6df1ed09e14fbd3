"""Totals, means, ratios and their contrasts with the covariance of the design, in domains and over waves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.survey.design import Design, Floats, codes
from viaggio.estimate.survey.variance import covariance


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Named values with their covariance. `freedom` is that of the design, `n` the rows they rest on."""

    names: tuple[str, ...]
    values: Floats
    covariance: Floats
    freedom: float
    n: int
    scores: Floats
    """(n rows, k) what each row adds to each value, weighted: the linearised variables."""

    @property
    def errors(self) -> Floats:
        """Standard errors (k,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def interval(self, level: float = 0.95, *, freedom: float | None = None) -> Floats:
        """Lower and upper bounds (k, 2) by Student's t with the design's degrees of freedom.

        `freedom=inf` gives the normal interval. Bounds are not clipped to a scale.
        """
        half = quantile_of_t(level, self.freedom if freedom is None else freedom) * self.errors
        return np.column_stack([self.values - half, self.values + half])

    def contrast(self, weights: Mapping[str, float]) -> "Contrast":
        """A weighted sum of the values, such as {"after": 1, "before": -1}, with their covariance."""
        unknown = weights.keys() - set(self.names)
        if unknown:
            raise BadSample(
                f"no estimate is called {min(unknown)!r}", hint=f"Known: {', '.join(self.names)}."
            )
        vector = np.array([weights.get(name, 0.0) for name in self.names])
        variance = float(vector @ self.covariance @ vector)
        return Contrast(float(vector @ self.values), max(variance, 0.0) ** 0.5, self.freedom)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference or other weighted sum of estimates."""

    value: float
    error: float
    freedom: float

    @property
    def statistic(self) -> float:
        """Value over standard error; infinite when a value was seen without any error."""
        if self.error == 0:
            return 0.0 if self.value == 0 else float(np.copysign(np.inf, self.value))
        return self.value / self.error

    def probability(self, freedom: float | None = None) -> float:
        """Two-sided p-value of no difference, by t with `freedom` (the design's; inf for normal)."""
        return two_sided(self.statistic, self.freedom if freedom is None else freedom)


def quantile_of_t(level: float, freedom: float) -> float:
    """Two-sided quantile of Student's t, of the normal where `freedom` is infinite; NaN without freedom."""
    from scipy.special import ndtri, stdtrit

    if freedom <= 0:
        return float("nan")
    upper = 1 - (1 - level) / 2
    return float(ndtri(upper) if np.isinf(freedom) else stdtrit(freedom, upper))


def two_sided(statistic: float, freedom: float) -> float:
    """Probability of a statistic as far from 0, by t with `freedom`, normal when it is infinite."""
    from scipy.special import ndtr, stdtr

    if np.isinf(freedom):
        return float(2 * ndtr(-abs(statistic)))
    return float(2 * stdtr(freedom, -abs(statistic)))


def total(design: Design, values: Mapping[str, Any]) -> Estimates:
    """Population totals of columns: sum of w y. Values must be there for all rows of the domain."""
    matrix = _matrix(design, values)
    scores = matrix * design.effective[:, None]
    return _estimates(design, tuple(values), scores.sum(axis=0), scores)


def mean(design: Design, values: Mapping[str, Any]) -> Estimates:
    """Weighted means of columns: sum of w y / sum of w, linearised as a ratio."""
    matrix = _matrix(design, values)
    size = _size(design)
    found = design.effective @ matrix / size
    scores = (matrix - found) * design.effective[:, None] / size
    return _estimates(design, tuple(values), found, scores)


def ratio(design: Design, above: Any, below: Any, *, name: str = "ratio") -> Estimates:
    """Ratio of two totals, sum of w y / sum of w x, by linearisation (Cochran 1977, 6.3)."""
    matrix = _matrix(design, {"above": above, "below": below})
    weights = design.effective
    base = float(weights @ matrix[:, 1])
    if base == 0:
        raise BadSample("the total below the line is 0, so there is no ratio")
    found = float(weights @ matrix[:, 0]) / base
    scores = ((matrix[:, 0] - found * matrix[:, 1]) * weights / base)[:, None]
    return _estimates(design, (name,), np.array([found]), scores)


def by(design: Design, groups: Any, estimate: Callable[[Design], Estimates]) -> Estimates:
    """The same estimate in each group, with the covariance between groups.

    `groups` (n,) are labels; groups come in sorted order, those without a row in the domain are left out.
    Names are the label, followed by the estimate's own name when it has several: "north", "north.csat".
    """
    group, labels = codes(groups)
    held = design.effective != 0
    parts = [
        (str(label), estimate(design.within(group == index)))
        for index, label in enumerate(labels)
        if (held & (group == index)).any()
    ]
    if not parts:
        raise BadSample("no row of the domain belongs to a group")
    names = tuple(
        label if len(part.names) == 1 else f"{label}.{name}" for label, part in parts for name in part.names
    )
    values = np.concatenate([part.values for _, part in parts])
    return _estimates(design, names, values, np.column_stack([part.scores for _, part in parts]))


def _estimates(design: Design, names: tuple[str, ...], values: Floats, scores: Floats) -> Estimates:
    return Estimates(names, values, covariance(design, scores), design.freedom, design.n, scores)


def _matrix(design: Design, values: Mapping[str, Any]) -> Floats:
    """Columns as one matrix (n, k), 0 outside the domain."""
    rows = len(design.weights)
    columns = []
    for name, column in values.items():
        numbers = np.asarray(column, dtype=float)
        if numbers.shape != (rows,):
            raise BadSample(f"column {name!r} has shape {numbers.shape}, the design {rows} rows")
        held = np.where(design.inside, numbers, 0.0)
        if not np.isfinite(held).all():
            raise BadSample(
                f"column {name!r} has missing values",
                place=f"row {int(np.argmin(np.isfinite(held))) + 1}",
                hint="Look at those who answered: design.within(answered).",
            )
        columns.append(held)
    return np.column_stack(columns)


def _size(design: Design) -> float:
    size = float(design.effective.sum())
    if size <= 0:
        raise BadSample("the domain is empty", hint="No row inside it carries weight.")
    return size
