"""Survey estimates in the shapes of the golden files, and columns that several cases share."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden_cases.comparison import matrix
from viaggio.estimate.survey import Design, Estimates, Floats

TWO_SIDED = ("2.5 %", "97.5 %")


def points(answers: Any) -> Floats:
    """Recommendation points of answers 0 to 10: -100, 0 or 100; NaN where there is none."""
    values = np.asarray(answers, dtype=float)
    found = np.where(values >= 9, 100.0, np.where(values <= 6, -100.0, 0.0))
    return np.where(np.isnan(values), np.nan, found)


def bands(answers: Any) -> list[str]:
    """Detractor, passive or promoter, of answers that are all there."""
    return ["promoter" if value >= 9 else "detractor" if value <= 6 else "passive" for value in answers]


def stratum_weights(rows: Any, by: list[str]) -> Floats:
    """Stratum size over the rows that are left of it."""
    return np.asarray(rows.stratum_size / rows.groupby(by).stratum.transform("size"), dtype=float)


def named(found: Estimates) -> dict[str, float]:
    """Values by name."""
    return dict(zip(found.names, found.values.tolist(), strict=True))


def errors(found: Estimates) -> dict[str, float]:
    """Standard errors by name."""
    return dict(zip(found.names, found.errors.tolist(), strict=True))


def square(found: Estimates, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The covariance as a matrix with names."""
    labels = [(names or {}).get(name, name) for name in found.names]
    return matrix(found.covariance.tolist(), labels, labels)


def intervals(found: Estimates, freedom: float | None = None) -> dict[str, Any]:
    """95 % intervals as a matrix."""
    return matrix(found.interval(0.95, freedom=freedom).tolist(), found.names, TWO_SIDED)


def where_true(mask: Any) -> Floats:
    """1 where true, 0 elsewhere."""
    return np.asarray(mask, dtype=float)


def stratified(rows: Any, weights: Any, *, finite: bool = True, lonely: Any = "refuse") -> Design:
    """Rows drawn by themselves within `stratum`, from `stratum_size` each when the population is finite."""
    population = rows.stratum_size.to_numpy() if finite else None
    return Design.of(weights=weights, strata=rows.stratum.to_numpy(), population=population, lonely=lonely)
