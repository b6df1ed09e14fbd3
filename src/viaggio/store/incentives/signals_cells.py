"""Which cells are watched, and which rows of the facts belong to each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.kernel import UnknownColumn

DIMENSIONS = ("unit", "function", "touchpoint", "phase", "channel")
"""What a cell can be told by; `unit` is `unit` or `team` in the properties of answers and interactions."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A cell with the one above it; rows belong to it that have one of the values in every dimension named.

    Cells of one parent are compared with each other. A parent that is not watched stands for everybody.
    """

    cell: str
    parent: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def check(cells: Iterable[Watched]) -> None:
    """Refuse cells told by what the facts do not have. Raises `UnknownColumn`."""
    for one in cells:
        for name in one.where:
            if name not in DIMENSIONS:
                raise UnknownColumn(name, known=DIMENSIONS, place=f"cell {one.cell}")


def rows_of(table: pa.Table, where: Mapping[str, tuple[str, ...]]) -> Mask:
    """Which rows belong to a cell."""
    masks = [
        pc.fill_null(pc.is_in(table[name], pa.array(values, pa.string())), fill_value=False).to_numpy()
        for name, values in where.items()
    ]
    return reduce(np.logical_and, masks, np.ones(len(table), np.bool_))


def parent_rows(table: pa.Table, cell: Watched, cells: Mapping[str, Watched]) -> Mask:
    """Which rows belong to the cell above; all where it is not watched itself."""
    above = cells.get(cell.parent)
    return rows_of(table, above.where) if above else np.ones(len(table), np.bool_)
