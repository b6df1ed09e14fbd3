"""Where R's `polychor(ML = TRUE)` stops: at the 500th evaluation of a Nelder-Mead search, near the maximum.

Its cuts differ from the likeliest ones in the third digit, so they are found again only by the same search.
The product itself fits to the maximum (`viaggio.estimate.polychoric`).
"""

from dataclasses import dataclass

import numpy as np

from golden_cases.optim import Floats, hessian, nelder_mead, optimise
from viaggio.estimate.polychoric import Polychoric, cell_chances

LARGEST = 0.9999


@dataclass(frozen=True)
class Stopped:
    """The parameters at which the search ended; the variance is from numeric derivatives there."""

    correlation: float
    variance: float
    row_cuts: Floats
    column_cuts: Floats


def polychor(two_step: Polychoric) -> Stopped:
    """Correlation and cuts from the two-step cuts on."""
    table, split = two_step.table, 1 + len(two_step.row_cuts)
    shares = np.concatenate([two_step.row_cuts, two_step.column_cuts])

    def lost(parameters: Floats) -> float:
        rows, columns = parameters[1:split], parameters[split:]
        if (np.diff(rows) < 0).any() or (np.diff(columns) < 0).any():
            return float("inf")
        chance = cell_chances(float(np.clip(parameters[0], -LARGEST, LARGEST)), rows, columns)
        return -float((table * np.log(chance)).sum())

    first = optimise(lambda correlation: lost(np.concatenate([[correlation], shares])), -1.0, 1.0)
    found, _ = nelder_mead(np.concatenate([[first], shares]), lost)
    variance = np.linalg.inv(hessian(lost, found))[0, 0]
    return Stopped(float(found[0]), float(variance), found[1:split], found[split:])
