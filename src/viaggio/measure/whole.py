"""Exact sums of whole numbers by cell, in arrays: nothing is rounded, and nothing runs over."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_EXACT = 1 << 53
"""Whole numbers up to this are exact in a double, in which numpy adds by cell."""

_SUM_BITS, _SQUARE_BITS = 26, 31


def sums_by_cell(cells: Array, values: Array, many: int) -> list[int]:
    """The sum of whole numbers, none below 0, for each of so many cells."""
    largest = int(values.max(initial=0))
    if largest * len(values) < _EXACT:
        return [int(total) for total in np.bincount(cells, values, many)]
    low, high = values & ((1 << _SUM_BITS) - 1), values >> _SUM_BITS
    halves = (sums_by_cell(cells, half, many) for half in (low, high))
    return [a + (b << _SUM_BITS) for a, b in zip(*halves, strict=True)]


def squares_by_cell(cells: Array, values: Array, many: int) -> list[int]:
    """The sum of the squares of whole numbers from 0 to below 2^62, for each of so many cells."""
    values = values.astype(np.int64)
    if int(values.max(initial=0)) < 1 << _SQUARE_BITS:
        return sums_by_cell(cells, values * values, many)
    low, high = values & ((1 << _SQUARE_BITS) - 1), values >> _SQUARE_BITS
    found = (squares_by_cell(cells, low, many), sums_by_cell(cells, low * high, many),
             squares_by_cell(cells, high, many))  # fmt: skip
    return [a + (b << (_SQUARE_BITS + 1)) + (c << (2 * _SQUARE_BITS)) for a, b, c in zip(*found, strict=True)]
