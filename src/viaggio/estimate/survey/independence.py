"""Whether two classifications are independent, in a drawn sample (Rao and Scott 1984; Wald)."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.survey.design import Codes, Design, Floats, codes
from viaggio.estimate.survey.estimates import Estimates, mean, total

Test = Literal["rao_scott_f", "rao_scott_chi2", "wald", "adjusted_wald"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Estimated population counts of a cross-classification, (rows, columns)."""

    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    counts: Floats


@dataclass(frozen=True, slots=True)
class IndependenceTest:
    """A statistic, its degrees of freedom (one or two) and the p-value of independence."""

    statistic: float
    freedom: tuple[float, ...]
    probability: float


def table(design: Design, rows: Any, columns: Any) -> Table:
    """Weighted counts by two labels (n,); labels are sorted."""
    row, row_labels, column, column_labels = _coded(design, rows, columns)
    flat = np.bincount(
        row * len(column_labels) + column, design.effective, minlength=len(row_labels) * len(column_labels)
    )
    return Table(row_labels, column_labels, flat.reshape(len(row_labels), len(column_labels)))


def independence(design: Design, rows: Any, columns: Any, test: Test = "rao_scott_f") -> IndependenceTest:
    """Test that two labels (n,) are independent.

    Rao-Scott divides Pearson's X2 by the mean design effect of the table; its F form (second order, by
    Satterthwaite) is the one to prefer. The Wald forms are unsure with few units or many cells.
    """
    row, row_labels, column, column_labels = _coded(design, rows, columns)
    shape = (len(row_labels), len(column_labels))
    if min(shape) < 2:
        raise BadSample("each classification needs two categories or more", place=f"{shape[0]} x {shape[1]}")
    held = design.inside
    cells = {
        f"{i},{j}": ((row == i) & (column == j) & held).astype(float)
        for i in range(shape[0])
        for j in range(shape[1])
    }
    if test in {"wald", "adjusted_wald"}:
        return _wald(total(design, cells), shape, design.freedom, adjusted=test == "adjusted_wald")
    return _rao_scott(mean(design, cells), shape, design, second_order=test == "rao_scott_f")


def _coded(design: Design, rows: Any, columns: Any) -> tuple[Codes, tuple[Any, ...], Codes, tuple[Any, ...]]:
    """Codes of both labels, the labels being those that occur inside the domain."""
    held = design.effective != 0

    def inside(labels: Any) -> tuple[Codes, tuple[Any, ...]]:
        values = np.asarray(labels)
        code = np.zeros(len(values), dtype=np.int64)
        code[held], known = codes(values[held])
        return code, known

    return *inside(rows), *inside(columns)


def _rao_scott(
    cells: Estimates, shape: tuple[int, int], design: Design, *, second_order: bool
) -> IndependenceTest:
    from scipy.special import chdtrc, fdtrc

    n, share = design.n, cells.values
    main, interaction = _contrasts(shape)
    basis = interaction - main @ np.linalg.lstsq(main, interaction, rcond=None)[0]
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    simple = basis.T @ (inverse[:, None] / n * basis)
    drawn = (basis * inverse[:, None]).T @ cells.covariance @ (basis * inverse[:, None])
    effects = np.linalg.solve(simple, drawn)
    matrix = share.reshape(shape)
    expected = np.outer(matrix.sum(axis=1), matrix.sum(axis=0))
    pearson = n * float(((matrix - expected) ** 2 / expected).sum())
    trace = float(np.trace(effects))
    if not second_order:
        freedom = len(effects)
        return IndependenceTest(pearson, (freedom,), float(chdtrc(freedom, pearson / (trace / freedom))))
    first = trace**2 / float(np.trace(effects @ effects))
    second = first * design.freedom
    statistic = pearson / trace
    return IndependenceTest(statistic, (first, second), float(fdtrc(first, second, statistic)))


def _contrasts(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Design matrices of rows and columns, and of their interaction, on the cells row by row."""
    rows, columns = np.indices(shape)
    row = (rows.reshape(-1)[:, None] == np.arange(1, shape[0])).astype(float)
    column = (columns.reshape(-1)[:, None] == np.arange(1, shape[1])).astype(float)
    main = np.column_stack([np.ones(shape[0] * shape[1]), row, column])
    both = np.column_stack(
        [row[:, i] * column[:, j] for i in range(row.shape[1]) for j in range(column.shape[1])]
    )
    return main, both


def _wald(cells: Estimates, shape: tuple[int, int], freedom: int, *, adjusted: bool) -> IndependenceTest:
    """Wald test of count - row * column / total in all cells but the first row and column."""
    from scipy.special import fdtrc

    counts = cells.values.reshape(shape)
    row, column, whole = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    gap = counts - np.outer(row, column) / whole
    size = counts.size
    slopes = np.eye(size).reshape(*shape, *shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            slopes[i, j, i, :] -= column[j] / whole
            slopes[i, j, :, j] -= row[i] / whole
            slopes[i, j] += row[i] * column[j] / whole**2
    kept = slopes[1:, 1:].reshape(-1, size)
    variance = kept @ cells.covariance @ kept.T
    values = gap[1:, 1:].reshape(-1)
    wald = float(values @ np.linalg.solve(variance, values))
    first = len(values)
    if adjusted:
        second = freedom - first + 1
        statistic = wald * second / (first * freedom)
    else:
        second, statistic = freedom, wald / first
    return IndependenceTest(statistic, (first, second), float(fdtrc(first, second, statistic)))
