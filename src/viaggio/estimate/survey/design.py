"""How a sample was drawn: weights, strata, sampled units by stage, population sizes.

A domain (women, one region, those who answered) is the whole design with the others set aside, never a
filtered file: the strata and units without a member of the domain still count in its variance.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadSample

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Lonely = Literal["refuse", "certainty", "adjust"]


class Adjustment(Protocol):
    """Weights were fitted to known totals: what they already explain is taken out of the scores."""

    def residuals(self, scores: Floats) -> Floats:
        """Scores (n, k) without the part that the known totals explain."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of drawing: stratum and unit of each row as codes, and how many units each stratum has."""

    strata: Codes
    units: Codes
    population: Floats | None
    """Units in the row's stratum in the population; None for drawing with replacement."""

    @property
    def rows(self) -> Codes:
        """A row of each unit, by the unit's code."""
        found = np.zeros(int(self.units.max()) + 1, dtype=np.int64)
        found[self.units] = np.arange(len(self.units))
        return found

    @property
    def sizes(self) -> Codes:
        """Sampled units of each stratum, by its code."""
        return np.bincount(self.strata[self.rows], minlength=int(self.strata.max()) + 1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A drawn sample of n rows. Build one with `Design.of`."""

    weights: Floats
    """(n,) how many of the population each row stands for."""
    stages: tuple[Stage, ...]
    inside: Mask
    """(n,) whether a row belongs to the domain looked at."""
    adjustments: tuple[Adjustment, ...] = ()
    lonely: Lonely = "refuse"
    """A stratum with one unit: refuse, take it as certain, or centre it on the whole sample."""

    @classmethod
    def of(
        cls,
        *,
        weights: npt.ArrayLike | None = None,
        n: int | None = None,
        strata: Any = None,
        units: Any = None,
        population: Any = None,
        lonely: Lonely = "refuse",
    ) -> Self:
        """A design from columns of length n.

        `weights` may be left out: the population over the sample of each stratum, or 1. `strata` and
        `units` are labels; `units` left out means that each row was drawn by itself; a list of columns
        means stages, the first drawn first. `population` is the number of units in the row's stratum, a
        number, a column, or a column per stage; left out for drawing with replacement.

        Raises `BadSample` when lengths differ, a weight is negative or missing, a unit lies in two strata,
        or a stratum holds more sampled units than its population.
        """
        rows = _length(n, weights, strata, units, population)
        stages = _stages(rows, strata, units, population)
        given = _implied(stages, rows) if weights is None else np.asarray(weights, dtype=float)
        if len(given) != rows or not np.isfinite(given).all() or (given < 0).any():
            raise BadSample("weights must be one finite number of 0 or more per row", place=f"{rows} rows")
        return cls(given, stages, np.ones(rows, dtype=bool), lonely=lonely)

    @property
    def n(self) -> int:
        """Rows of the domain that carry weight."""
        return int(np.count_nonzero(self.effective))

    @property
    def effective(self) -> Floats:
        """(n,) weights, 0 outside the domain."""
        return np.where(self.inside, self.weights, 0.0)

    @property
    def freedom(self) -> int:
        """Degrees of freedom: first-stage units minus strata, of the rows that carry weight."""
        held = self.effective != 0
        first = self.stages[0]
        return len(np.unique(first.units[held])) - len(np.unique(first.strata[held]))

    def within(self, members: Any) -> Self:
        """The same design with only `members` (n,) looked at: a domain."""
        mask = np.asarray(members, dtype=bool)
        if mask.shape != self.weights.shape:
            raise BadSample("a domain needs one yes or no per row", place=f"{len(self.weights)} rows")
        return replace(self, inside=self.inside & mask)

    def reweighted(self, weights: Floats, adjustment: Adjustment | None = None) -> Self:
        """The same drawing with other weights, fitted as `adjustment` says; None: taken as given."""
        added = () if adjustment is None else (adjustment,)
        return replace(self, weights=weights, adjustments=(*self.adjustments, *added))


def codes(labels: Any) -> tuple[Codes, tuple[Any, ...]]:
    """Labels as codes 0, 1, ... in sorted order, and the labels in that order."""
    values = np.asarray(labels)
    found, positions = np.unique(values, return_inverse=True)
    return positions.reshape(-1).astype(np.int64), tuple(found.tolist())


def pairs(first: Codes, second: Codes) -> Codes:
    """One code for each pair of codes that occurs."""
    return codes(first * (int(second.max()) + 1) + second)[0]


def _length(n: int | None, *columns: Any) -> int:
    if n is not None:
        return n
    for column in columns:
        if column is not None and np.ndim(column) > 0:
            first = column[0]
            return len(first) if np.ndim(first) > 0 else len(column)
    raise BadSample("a design needs its number of rows", hint="Give `n` or a column.")


def _columns(values: Any, rows: int, what: str) -> list[npt.NDArray[Any]]:
    """One column per stage."""
    if values is None:
        return []
    staged = np.ndim(values) > 0 and np.ndim(values[0]) > 0
    columns = [np.asarray(column) for column in (values if staged else [values])]
    columns = [np.full(rows, column.item()) if column.ndim == 0 else column for column in columns]
    for column in columns:
        if len(column) != rows:
            raise BadSample(f"{what} have {len(column)} rows, the sample {rows}")
    return columns


def _stages(rows: int, strata: Any, units: Any, population: Any) -> tuple[Stage, ...]:
    unit_columns = _columns(units, rows, "units") or [np.arange(rows)]
    stratum_columns = _columns(strata, rows, "strata")
    sizes = _columns(population, rows, "population sizes")
    stages: list[Stage] = []
    for index, column in enumerate(unit_columns):
        layer = codes(stratum_columns[index])[0] if index < len(stratum_columns) else np.zeros(rows, np.int64)
        unit = codes(column)[0]
        if stages:  # later units and strata lie inside the earlier unit
            layer, unit = pairs(stages[-1].units, layer), pairs(stages[-1].units, unit)
        size = sizes[index].astype(float) if index < len(sizes) else None
        stage = Stage(layer, unit, size)
        _check(stage, index)
        stages.append(stage)
    return tuple(stages)


def _check(stage: Stage, index: int) -> None:
    if len(stage.strata) == 0:
        raise BadSample("a sample without rows")
    if (stage.strata[stage.rows][stage.units] != stage.strata).any():
        raise BadSample(
            "a sampled unit lies in two strata", place=f"stage {index + 1}", hint="Name units within strata."
        )
    if stage.population is None:
        return
    short = stage.population < stage.sizes[stage.strata] * (1 - 1e-12)
    if short.any() or not np.isfinite(stage.population).all():
        raise BadSample(
            "a stratum has more sampled units than its population",
            place=f"stage {index + 1}, row {int(np.argmax(short)) + 1}",
            hint="The population counts units, not customers inside them.",
        )


def _implied(stages: tuple[Stage, ...], rows: int) -> Floats:
    weights = np.ones(rows)
    for stage in stages:
        if stage.population is not None:
            weights = weights * stage.population / stage.sizes[stage.strata]
    return weights
