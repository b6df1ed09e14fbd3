"""When did the level change: known date (Chow), unknown date (supF, OLS-CUSUM), several dates (breaks, PELT).

Dates are given as the number of points before the change: 23 means after the 23rd point.
"""

from viaggio.estimate.changes.breaks import Breaks, breaks
from viaggio.estimate.changes.pelt import Segments, mean_and_variance_changes, mean_changes, segments
from viaggio.estimate.changes.stability import (
    Stability,
    WorstSplit,
    break_after,
    residual_cusum,
    worst_split,
)

__all__ = [
    "Breaks",
    "Segments",
    "Stability",
    "WorstSplit",
    "break_after",
    "breaks",
    "mean_and_variance_changes",
    "mean_changes",
    "residual_cusum",
    "segments",
    "worst_split",
]
