"""Answers sorted by the unit they belong to."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadSample, Collinear, TooFew
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True)
class Grouped:
    """Outcome (n,), design with the constant first (n, p), unit of each row as a place in `units`."""

    outcome: Floats
    design: Floats
    unit: npt.NDArray[np.int64]
    units: tuple[Hashable, ...]

    def sums(self, values: Floats) -> Floats:
        """Sums by unit of a vector, or of each column of a matrix."""
        found = np.zeros((len(self.units), *values.shape[1:]))
        np.add.at(found, self.unit, values)
        return found

    @property
    def sizes(self) -> Floats:
        """Rows per unit."""
        return np.bincount(self.unit, minlength=len(self.units)).astype(np.float64)


def grouped(
    outcome: npt.ArrayLike, units: Sequence[Hashable], drivers: npt.ArrayLike | None, place: str
) -> Grouped:
    """The rows with their units in order; `drivers` (n, p) without the constant.

    Raises `BadSample` for lengths that differ, `TooFew` for fewer than two units or no unit with two rows,
    `Collinear` for drivers that the others determine.
    """
    y = whole_series(outcome, least=3, place=place)
    if len(units) != len(y):
        raise BadSample(f"{len(y)} answers and {len(units)} units", place=place)
    names = sorted(set(units), key=_order)
    code = {name: at for at, name in enumerate(names)}
    columns = [np.ones(len(y))]
    if drivers is not None:
        table = np.asarray(drivers, dtype=np.float64).reshape(len(y), -1)
        columns += [whole_series(column, least=3, place=place) for column in table.T]
    design = np.column_stack(columns)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Collinear("a driver is constant or given by the others", place=place, hint="Leave it out.")
    if not 2 <= len(names) < len(y) or len(y) <= design.shape[1]:
        raise TooFew(
            f"{len(names)} units with {len(y)} answers",
            place=place,
            hint="Two units at least, and more answers than units and drivers.",
        )
    return Grouped(y, design, np.array([code[name] for name in units]), tuple(names))


def _order(name: Hashable) -> tuple[int, float, str]:
    """Numbers by size, then texts."""
    return (0, float(name), "") if isinstance(name, int | float) else (1, 0.0, str(name))
